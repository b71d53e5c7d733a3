/**
 * Which items a request wants, by a filter over their attributes.
 *
 * <p>Entry type: {@link io.millrace.server.funnel.filter.ItemFilter}, which holds items against the
 * filter of one request. Made up for a server that warms up are {@link
 * io.millrace.server.funnel.filter.SampleFilters}. Threading: a filter belongs to one worker.
 * Allocation: by a filter that the worker has not met lately.
 */
@NullMarked
package io.millrace.server.funnel.filter;

import org.jspecify.annotations.NullMarked;
