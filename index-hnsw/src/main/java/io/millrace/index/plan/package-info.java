/**
 * What an index will cost in time, told before it is built: small indexes are built and searched on
 * this machine, and what they show is carried on to the size that is planned. {@link
 * io.millrace.index.plan.SpeedProbe} is the entry type, {@link
 * io.millrace.index.plan.SpeedEstimate} says by which model, and {@link
 * io.millrace.index.plan.PlanCheck} builds the real thing and compares. One thread calls; builds
 * use those of the plan. Free to allocate, but for the searches that are timed.
 */
@NullMarked
package io.millrace.index.plan;

import org.jspecify.annotations.NullMarked;
