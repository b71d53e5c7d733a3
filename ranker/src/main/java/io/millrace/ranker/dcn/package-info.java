/**
 * The ranker: Deep &amp; Cross Network, version 2 (Wang et al., DCN V2, WWW 2021). {@link
 * io.millrace.ranker.dcn.DcnModel} is the entry type; it makes a {@link
 * io.millrace.ranker.dcn.DcnScorer} for each thread, which scores all candidates of a request as
 * one batch. The model may be read from any thread once it is trained. Scoring allocates nothing.
 *
 * <table>
 *   <caption>Letters of the paper</caption>
 *   <tr><td>x₀</td><td>input: user part, context part, item part, attended part, zeros to a multiple of 16</td></tr>
 *   <tr><td>x₍ₗ₊₁₎ = x₀ ⊙ (Wₗ xₗ + bₗ) + xₗ</td><td>cross layer l</td></tr>
 *   <tr><td>W = U Vᵀ</td><td>weights of a cross layer with a rank</td></tr>
 *   <tr><td>pₖ, Uₖ, Cₖ, Vₖ</td><td>share and weights of an expert of a mixture, {@link io.millrace.ranker.dcn.network.MixedCrossLayer}</td></tr>
 *   <tr><td>h</td><td>deep part, fully connected with ReLU: on x₀ in the parallel form, on x_L in the stacked</td></tr>
 *   <tr><td>sigmoid(w · [x_L ; h_D] + b)</td><td>probability of a click, or of what another head foretells; w · h_D + b in the stacked form</td></tr>
 * </table>
 */
@NullMarked
package io.millrace.ranker.dcn;

import org.jspecify.annotations.NullMarked;
