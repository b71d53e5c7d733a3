/**
 * Where candidates come from: graphs, items that came later, lists, popular ones; and how wide and
 * how thorough a search is.
 *
 * <p>Entry type: {@link io.millrace.server.funnel.search.FunnelWidth}, how many candidates a
 * request has at each step, with the {@link io.millrace.server.funnel.search.SearchBreadth} of its
 * graph. Threading: what items have is shared, what a request fills belongs to one worker.
 * Allocation: none after construction, but for vectors of items that come.
 */
@NullMarked
package io.millrace.server.funnel.search;

import org.jspecify.annotations.NullMarked;
