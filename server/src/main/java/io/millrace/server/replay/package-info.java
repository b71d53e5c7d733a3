/**
 * Requests of a log of impressions answered again, to see whether the answers are the same bit for
 * bit.
 *
 * <p>Entry type: {@link io.millrace.server.replay.Replay}. Threading: one thread. Allocation: free
 * to allocate, no request waits for it.
 */
@NullMarked
package io.millrace.server.replay;

import org.jspecify.annotations.NullMarked;
