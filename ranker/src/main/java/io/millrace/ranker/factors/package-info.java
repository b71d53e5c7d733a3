/**
 * Implicit matrix factorisation for retrieval: an item is a vector of factors, a user the vector
 * that explains the watch history best, and the inner product of the two is the score. {@link
 * io.millrace.ranker.factors.ItemFactors} is the entry type; it makes {@link
 * io.millrace.ranker.factors.FoldIn}s, which find the vector of a user from the history in the
 * user's row, so what was watched a moment ago counts without training. The factors may be read
 * from any thread, a fold-in belongs to one thread and allocates nothing.
 *
 * <p>The objective is that of Hu, Koren and Volinsky, Collaborative Filtering for Implicit Feedback
 * Datasets (ICDM 2008), sections 4 and 5, with the weights and the regularisation by frequency of
 * Rendle, Krichene, Zhang and Koren, Revisiting the Performance of iALS on Item Recommendation
 * Benchmarks (RecSys 2022), section 3: the sum of {@code c (1 - x·y)²} over what was watched, of
 * {@code α (x·y)²} over all pairs, and of {@code λ (n + α m) |v|²} over all vectors.
 *
 * <table>
 * <caption>Letters</caption>
 * <tr><td>x, y</td><td>vector of a user, of an item</td></tr>
 * <tr><td>c</td><td>1 of what was watched, more of what was watched for long</td></tr>
 * <tr><td>α</td><td>weight of a pair that was not watched</td></tr>
 * <tr><td>λ</td><td>regularisation</td></tr>
 * <tr><td>n, m</td><td>pairs of a vector that were watched, and pairs of it in all</td></tr>
 * </table>
 */
@NullMarked
package io.millrace.ranker.factors;

import org.jspecify.annotations.NullMarked;
