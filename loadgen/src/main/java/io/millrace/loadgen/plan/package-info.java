/**
 * What a load asks for and when. {@link io.millrace.loadgen.plan.LoadPlan} is the entry type; a
 * {@link io.millrace.loadgen.plan.LoadSchedule} is all of its requests, drawn before the first is
 * sent. Everything is immutable but the curve that a schedule is drawn by. Allocates a few bytes a
 * request, once.
 */
@NullMarked
package io.millrace.loadgen.plan;

import org.jspecify.annotations.NullMarked;
