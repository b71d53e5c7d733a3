/**
 * Looks for the highest rate at which a server is fast enough and its answers good enough. {@link
 * io.millrace.loadgen.limit.LimitSearch} is the entry type: load is put on the server step by step,
 * each {@link io.millrace.loadgen.limit.LimitStep} is judged by {@link
 * io.millrace.loadgen.limit.LimitGoals}, and the rate goes to between the last that holds and the
 * first that does not. One thread searches; records are immutable. Free to allocate, since nothing
 * is loaded while steps are judged.
 */
@NullMarked
package io.millrace.loadgen.limit;

import org.jspecify.annotations.NullMarked;
