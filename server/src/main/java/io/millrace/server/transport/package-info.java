/**
 * Sockets, frames and threads: bytes come in on an event loop, become requests in place, are
 * answered by workers and leave on the event loop they came by.
 *
 * <p>Entry type: {@link io.millrace.server.transport.FrameServer}. Threading: a connection, its
 * event loop's slots and buffers belong to the event loop; a slot in flight belongs to a worker.
 * Allocation: none per request once connections and buffers are warm.
 */
@NullMarked
package io.millrace.server.transport;

import org.jspecify.annotations.NullMarked;
