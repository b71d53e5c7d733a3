/**
 * Threads for work of some length: shared out among processors ({@link
 * io.millrace.core.thread.WorkCrew}), done beside other work ({@link
 * io.millrace.core.thread.Aside}), and not felt by those who wait for answers ({@link
 * io.millrace.core.thread.LowPriority}, where to begin): in the background one thread does all of
 * it. Who answers takes a {@link io.millrace.core.thread.ShortSlice}. Threads inherit the priority
 * of those that start them, and a process may not raise it again, so that what is started on the
 * way and goes on afterwards has to ask for the usual one. Nothing here knows what the work is.
 */
@NullMarked
package io.millrace.core.thread;

import org.jspecify.annotations.NullMarked;
