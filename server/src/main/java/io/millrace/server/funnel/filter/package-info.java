/**
 * Which items a request wants, by a filter over their attributes.
 *
 * <p>Entry type: {@link io.millrace.server.funnel.filter.ItemFilter}, which holds items against the
 * filter of one request. Threading: a filter belongs to one worker. Allocation: by a filter that
 * the worker has not met lately.
 */
@NullMarked
package io.millrace.server.funnel.filter;

import org.jspecify.annotations.NullMarked;
