/**
 * What a bundle keeps between runs, as folders: which of them is the one in use, copies of one
 * moment, and the way back to such a copy. {@link io.millrace.server.state.StateSnapshot} is the
 * entry type; {@link io.millrace.server.state.StateFolders} knows where state stands. Any thread
 * may ask, one at a time writes. All of it is rare and allocates.
 */
@NullMarked
package io.millrace.server.state;

import org.jspecify.annotations.NullMarked;
