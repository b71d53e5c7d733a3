/**
 * How good a bundle is: retrieval and click metrics on what a data set held out, the same of simple
 * baselines, and a judge of the ten that were served. {@link io.millrace.data.eval.Evaluation} and
 * {@link io.millrace.data.eval.TenJudge} are the entry types; both score with the very classes that
 * serve. Work is spread over threads by user and summed in the order of users, so figures do not
 * depend on how many there are. It allocates by thread and by user and has no place on the hot
 * path.
 *
 * <table>
 * <caption>Terms</caption>
 * <tr><td>AUC</td><td>chance that a clicked impression scores above one that was not, ties half</td></tr>
 * <tr><td>log loss</td><td>mean of -ln p(label), p kept within 1e-6 of 0 and 1</td></tr>
 * <tr><td>GAUC</td><td>AUC of each user with both labels, weighted by impressions</td></tr>
 * <tr><td>ECE</td><td>mean distance between probability and share of clicks, over 15 bins</td></tr>
 * <tr><td>recall@k</td><td>part of a user's targets among the first k unseen items, mean over users</td></tr>
 * <tr><td>NDCG@10</td><td>sum of gain / log2(rank + 2) over ten ranks from 0, by that of the best ten</td></tr>
 * </table>
 */
@NullMarked
package io.millrace.data.eval;

import org.jspecify.annotations.NullMarked;
