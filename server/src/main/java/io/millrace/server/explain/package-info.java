/**
 * Why items are recommended, or are not: what the funnel did with each of them, stage by stage, and
 * what their values hang on. {@link io.millrace.server.explain.FunnelTrace} is told by the one
 * funnel that answers all requests, and {@link io.millrace.server.explain.Explanation} is what is
 * made of it. Everything belongs to one thread at a time. It is for people who ask now and then, so
 * it may allocate; whoever is not asked to explain makes none of it.
 */
@NullMarked
package io.millrace.server.explain;

import org.jspecify.annotations.NullMarked;
