/**
 * What operators and their tools ask over HTTP, on a port of its own, beside the gateway for
 * requests in JSON.
 *
 * <p>Entry type: {@link io.millrace.server.admin.AdminServer}. Threading: one thread of its own,
 * and one of low priority that makes pages of what was counted; neither waits for a request.
 * Allocation: free to allocate, nothing here is on the way of a frame.
 */
@NullMarked
package io.millrace.server.admin;

import org.jspecify.annotations.NullMarked;
