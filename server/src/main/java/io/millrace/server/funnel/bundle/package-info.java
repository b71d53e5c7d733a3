/**
 * Funnels of bundles: they are opened with their state, changed while they serve, and closed.
 *
 * <p>Entry type: {@link io.millrace.server.funnel.bundle.OpenBundle}, which opens a {@link
 * io.millrace.server.funnel.bundle.ServingBundle} with items to search or a {@link
 * io.millrace.server.funnel.bundle.RankerBundle} without. Threading: a bundle is shared, a worker
 * of it belongs to one thread, and one thread at a time opens or closes it. Allocation: in opening,
 * and none for a request.
 */
@NullMarked
package io.millrace.server.funnel.bundle;

import org.jspecify.annotations.NullMarked;
