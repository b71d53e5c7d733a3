/**
 * Asks a server one question at a time. {@link io.millrace.loadgen.client.BlockingClient} is the
 * entry type; it answers with {@link io.millrace.loadgen.client.Answer} and {@link
 * io.millrace.loadgen.client.ServerInfo}. A client belongs to one thread at a time and waits on the
 * caller's, never longer than its timeout. Every question allocates its answer; load is made by the
 * package above.
 */
@NullMarked
package io.millrace.loadgen.client;

import org.jspecify.annotations.NullMarked;
