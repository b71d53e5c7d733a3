package io.millrace.data.eval;

import io.millrace.core.progress.ProgressListener;
import io.millrace.data.retrieve.ItemScores;
import io.millrace.ranker.features.RowTable;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/** The ranks of all users' targets in the order of a retriever. */
final class RetrieverRanks {
    private static final int BLOCK = 16;

    private RetrieverRanks() {}

    /**
     * Ranks.
     *
     * @param scores makes the scores for a thread.
     * @param items rows of the items.
     * @param cases users and their targets.
     * @param threads how many threads; does not change the result.
     * @param stage told of every user.
     * @return the ranks of each case.
     */
    static List<int[]> of(
            Supplier<ItemScores> scores,
            RowTable items,
            List<RetrievalTargets.Case> cases,
            int threads,
            ProgressListener.Stage stage) {
        int[][] ranks = new int[cases.size()][];
        ParallelUsers.run(
                threads,
                Math.ceilDiv(cases.size(), BLOCK),
                () -> worker(scores.get(), items, cases, ranks, stage));
        return Arrays.asList(ranks);
    }

    private static IntConsumer worker(
            ItemScores scores,
            RowTable items,
            List<RetrievalTargets.Case> cases,
            int[][] ranks,
            ProgressListener.Stage stage) {
        float[] ofUser = new float[items.count()];
        long[] ids = new long[items.count()];
        Arrays.setAll(ids, items::id);
        TargetRanks targetRanks = new TargetRanks(ids);
        return block -> {
            int to = Math.min(cases.size(), (block + 1) * BLOCK);
            for (int i = block * BLOCK; i < to; i++) {
                RetrievalTargets.Case user = cases.get(i);
                scores.scoreInto(user.user(), ofUser);
                ranks[i] = targetRanks.ranks(ofUser, user.targets(), user.seen());
            }
            stage.advance(to - block * BLOCK);
        };
    }
}
