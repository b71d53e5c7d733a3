/**
 * What a load asks for and when. {@link io.millrace.loadgen.plan.LoadPlan} is the entry type; a
 * {@link io.millrace.loadgen.plan.LoadSchedule} is all of its requests, drawn before the first is
 * sent, {@link io.millrace.loadgen.plan.ClosedRequests} are those of a closed loop, each drawn when
 * it is sent. Everything is immutable but what requests are drawn by. Allocates a few bytes a
 * request, once; a closed loop those of the requests under way.
 */
@NullMarked
package io.millrace.loadgen.plan;

import org.jspecify.annotations.NullMarked;
