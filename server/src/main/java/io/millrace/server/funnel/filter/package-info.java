/**
 * Which items a request wants: the attributes of all items, and the filters of requests over them.
 *
 * <p>Entry type: {@link io.millrace.server.funnel.filter.ItemFilter}, which holds items against the
 * filter of one request, beside {@link io.millrace.server.funnel.filter.ServedAttributes}, what all
 * of them are held against. Threading: attributes are shared and changed by one thread, a filter
 * belongs to one worker. Allocation: by a filter that a worker has not met lately, and by changes.
 */
@NullMarked
package io.millrace.server.funnel.filter;

import org.jspecify.annotations.NullMarked;
