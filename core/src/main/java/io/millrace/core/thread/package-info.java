/**
 * Work that should not be felt: done at a lower priority than that of threads that answer requests.
 * {@link io.millrace.core.thread.LowPriority} is where to begin. Threads inherit the priority of
 * those that start them, and a process may not raise it again, so that what is started on the way
 * and goes on afterwards has to ask for the usual one. Nothing here knows what the work is.
 */
@NullMarked
package io.millrace.core.thread;

import org.jspecify.annotations.NullMarked;
