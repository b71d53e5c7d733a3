/**
 * What a process tells of itself: figures for programs, the machine's hiccups, bytes allocated,
 * memory held. {@link io.millrace.core.metrics.Figures} collects what a command writes with {@code
 * --json}; {@link io.millrace.core.metrics.HiccupMeter}, {@link
 * io.millrace.core.metrics.AllocationMeter}, {@link io.millrace.core.metrics.ProcessMeter} and
 * {@link io.millrace.core.metrics.ProcessMemory} measure. The hiccup meter has a thread of its own,
 * the others run on the caller's. Measuring allocates nothing per sample; reporting does.
 */
@NullMarked
package io.millrace.core.metrics;

import org.jspecify.annotations.NullMarked;
