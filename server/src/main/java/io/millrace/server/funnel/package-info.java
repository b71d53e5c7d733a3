/**
 * The way from a request to its answer: user row, query tower, vector search, ranking, rules.
 *
 * <p>Entry type: {@link io.millrace.server.funnel.Funnel}, which hands a {@link
 * io.millrace.server.funnel.FunnelWorker} to every worker thread; that of a bundle is made in
 * {@code funnel.bundle}. Threading: a funnel is shared, a worker of it belongs to one thread.
 * Allocation: a worker allocates when it is made, and after that only to explain what it has
 * answered.
 */
@NullMarked
package io.millrace.server.funnel;

import org.jspecify.annotations.NullMarked;
