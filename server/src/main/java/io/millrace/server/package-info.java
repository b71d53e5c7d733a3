/**
 * The server as a whole.
 *
 * <p>Entry type: {@link io.millrace.server.MillraceServer}. Threading: event loops, workers and the
 * admin thread are started and ended here. Allocation: everything is made at the start; serving
 * allocates nothing.
 */
@NullMarked
package io.millrace.server;

import org.jspecify.annotations.NullMarked;
