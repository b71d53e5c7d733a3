/**
 * Requests in JSON over HTTP: each becomes the very frame that a client would send, goes to the
 * port for frames as any other, and the frame that comes back becomes JSON.
 *
 * <p>Entry type: {@link io.millrace.server.gateway.Gateway}. Threading: the one event loop of the
 * admin port. Allocation: free to allocate, frames of other clients do not pass here.
 */
@NullMarked
package io.millrace.server.gateway;

import org.jspecify.annotations.NullMarked;
