/**
 * A request and its answer as plain memory that is used again and again, and the way between them
 * and a frame.
 *
 * <p>Entry types: {@link io.millrace.server.request.Request} and {@link
 * io.millrace.server.request.Answer}. Threading: each object belongs to one thread at a time and is
 * handed over through a queue. Allocation: everything is sized when it is made; reading, writing
 * and failing allocate nothing.
 */
@NullMarked
package io.millrace.server.request;

import org.jspecify.annotations.NullMarked;
