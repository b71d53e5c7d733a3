/**
 * Connections to servers and the way of requests over them: which goes where, how long it may take,
 * when it is sent again. {@link io.millrace.client.connection.Dispatcher} is the entry type; it
 * makes a {@link io.millrace.client.connection.Link} for each connection of the {@link
 * io.millrace.client.connection.ConnectionPlan}, and a call of each request. One thread, the event
 * loop, owns all their state, so there are no locks; what is asked on other threads is handed to
 * it. Every request allocates its call and what it is answered.
 */
@NullMarked
package io.millrace.client.connection;

import org.jspecify.annotations.NullMarked;
