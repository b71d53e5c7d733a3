package io.millrace.data.eval;

import io.millrace.core.metrics.Figures;

import java.util.List;

/**
 * How well a way of retrieval finds what users went on to watch, mean over users.
 *
 * @param users how many users.
 * @param recall10 part of a user's targets among the first 10.
 * @param recall50 part of a user's targets among the first 50.
 * @param recall100 part of a user's targets among the first 100.
 * @param recall500 part of a user's targets among the first 500.
 * @param ndcg10 NDCG of the first ten, all targets worth the same.
 */
public record RetrievalMetrics(
        int users,
        double recall10,
        double recall50,
        double recall100,
        double recall500,
        double ndcg10) {

    /** From the ranks of every user's targets. */
    static RetrievalMetrics of(List<int[]> ranksByUser) {
        double[] sums = new double[5];
        for (int[] ranks : ranksByUser) {
            sums[0] += RankMetrics.recall(ranks, 10);
            sums[1] += RankMetrics.recall(ranks, 50);
            sums[2] += RankMetrics.recall(ranks, 100);
            sums[3] += RankMetrics.recall(ranks, 500);
            sums[4] += RankMetrics.ndcg(ranks);
        }
        int n = ranksByUser.size();
        return new RetrievalMetrics(
                n, sums[0] / n, sums[1] / n, sums[2] / n, sums[3] / n, sums[4] / n);
    }

    /** What a random order of each user's unseen items is expected to reach. */
    static RetrievalMetrics random(List<RetrievalTargets.Case> cases, int items) {
        double[] sums = new double[5];
        for (RetrievalTargets.Case user : cases) {
            int unseen = items - user.seen().length;
            sums[0] += Math.min(1, 10.0 / unseen);
            sums[1] += Math.min(1, 50.0 / unseen);
            sums[2] += Math.min(1, 100.0 / unseen);
            sums[3] += Math.min(1, 500.0 / unseen);
            int targets = user.targets().length;
            sums[4] +=
                    RankMetrics.sumOfDiscounts(unseen)
                            * targets
                            / unseen
                            / RankMetrics.sumOfDiscounts(targets);
        }
        int n = cases.size();
        return new RetrievalMetrics(
                n, sums[0] / n, sums[1] / n, sums[2] / n, sums[3] / n, sums[4] / n);
    }

    void addTo(Figures figures, String prefix) {
        figures.put(prefix + "recall10", recall10)
                .put(prefix + "recall50", recall50)
                .put(prefix + "recall100", recall100)
                .put(prefix + "recall500", recall500)
                .put(prefix + "ndcg10", ndcg10);
    }
}
