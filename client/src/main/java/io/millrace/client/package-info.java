/**
 * A client of Millrace servers: {@link io.millrace.client.MillraceClient} asks and waits, {@link
 * io.millrace.client.AsyncRequests} asks and goes on. What can be asked and what is answered is in
 * {@code io.millrace.client.message}, how it comes there and back in {@code
 * io.millrace.client.connection}. A client is for any number of threads at once and has one of its
 * own. Every question allocates its frame and its answer.
 */
@NullMarked
package io.millrace.client;

import org.jspecify.annotations.NullMarked;
