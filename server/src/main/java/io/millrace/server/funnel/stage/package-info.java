/**
 * The steps of one request: what is left out, search, ranking, rules, and why an item came out
 * where it did.
 *
 * <p>Entry type: {@link io.millrace.server.funnel.stage.FunnelParts}, what all steps of a bundle's
 * workers are made of. Threading: each step belongs to one worker thread. Allocation: a step
 * allocates when it is made; only {@link io.millrace.server.funnel.stage.Explainer} does so later.
 */
@NullMarked
package io.millrace.server.funnel.stage;

import org.jspecify.annotations.NullMarked;
