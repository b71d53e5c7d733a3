/**
 * The rankers of a bundle, and how fast they score.
 *
 * <p>Entry type: {@link io.millrace.server.funnel.scoring.BundleRanker}, which makes a {@link
 * io.millrace.server.funnel.scoring.CandidateScorer} for every worker. Threading: models are
 * shared, scorers belong to one thread each. Allocation: none while candidates are scored.
 */
@NullMarked
package io.millrace.server.funnel.scoring;

import org.jspecify.annotations.NullMarked;
