/**
 * Open-loop load: requests leave by a plan fixed before the start, whatever the server does, and
 * latency counts from the moment the plan intended; on request, closed-loop load, whose requests
 * answers send. {@link io.millrace.loadgen.LoadGenerator} runs a {@link
 * io.millrace.loadgen.plan.LoadPlan} to a {@link io.millrace.loadgen.report.LoadReport}; {@link
 * io.millrace.loadgen.CapacityProbe} finds a rate worth planning. One thread, {@code
 * millrace-load-0}, sends and receives; the caller waits and tells of the progress. Slots are made
 * before the start, so that a request allocates next to nothing.
 */
@NullMarked
package io.millrace.loadgen;

import org.jspecify.annotations.NullMarked;
