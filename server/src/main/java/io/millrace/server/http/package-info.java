/**
 * An HTTP/1.1 server of short requests and answers: routes, bodies, timeouts, and nothing of what
 * is asked.
 *
 * <p>Entry type: {@link io.millrace.server.http.HttpServer}. Threading: one thread of its own runs
 * everything, routes included. Allocation: free to allocate, nothing here is on the way of a frame.
 */
@NullMarked
package io.millrace.server.http;

import org.jspecify.annotations.NullMarked;
