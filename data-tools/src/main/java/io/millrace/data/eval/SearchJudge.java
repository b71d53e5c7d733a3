package io.millrace.data.eval;

import io.millrace.core.progress.ProgressListener;
import io.millrace.data.bundle.OfflineBundle;
import io.millrace.index.HnswIndex;
import io.millrace.index.filter.OrdinalBitSet;
import io.millrace.ranker.features.RowTable;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;

/** Judges what searches of a served bundle found by exact search of the same bundle. */
public final class SearchJudge {
    private SearchJudge() {}

    /**
     * The mean recall of searches: how many of the {@code k} nearest items each found, of those
     * that it was to find. An item that is as near as the last of them counts as one of them. Where
     * there was none to be found, finding none is a recall of 1.
     *
     * @param bundle the bundle that was served.
     * @param searches what was found, for at least one vector.
     * @param k how many items were asked for, at least 1.
     * @param threads how many threads; the recall does not depend on it.
     * @param progress told of every search.
     * @return 0 to 1.
     */
    public static double recall(
            OfflineBundle bundle,
            List<FoundItems> searches,
            int k,
            int threads,
            ProgressListener progress) {
        double[] recalls = new double[searches.size()];
        int blocks = Math.ceilDiv(searches.size(), ExactScores.QUERIES);
        try (ProgressListener.Stage stage = progress.start("judge searches", searches.size())) {
            ParallelUsers.run(
                    threads, blocks, () -> new Worker(bundle, searches, k, recalls, stage));
        }
        return Arrays.stream(recalls).average().orElseThrow();
    }

    /** Judges the searches of a block; one for each thread. */
    private static final class Worker implements IntConsumer {
        private final RowTable items;
        private final List<FoundItems> searches;
        private final double[] recalls;
        private final ProgressListener.Stage stage;
        private final ExactScores exact;
        private final float[][] queries = new float[ExactScores.QUERIES][];
        private final TopOrdinals top;
        private final int[] best;

        Worker(
                OfflineBundle bundle,
                List<FoundItems> searches,
                int k,
                double[] recalls,
                ProgressListener.Stage stage) {
            HnswIndex index = bundle.index();
            this.items = bundle.items();
            this.searches = searches;
            this.recalls = recalls;
            this.stage = stage;
            this.exact = new ExactScores(index);
            this.best = new int[Math.min(k, index.size())];
            this.top = new TopOrdinals(best.length);
        }

        @Override
        public void accept(int block) {
            int from = block * ExactScores.QUERIES;
            int count = Math.min(ExactScores.QUERIES, searches.size() - from);
            for (int i = 0; i < count; i++) {
                queries[i] = searches.get(from + i).vector();
            }
            exact.score(queries, count);
            for (int i = 0; i < count; i++) {
                recalls[from + i] = recall(searches.get(from + i), exact.scores(i));
            }
            stage.advance(count);
        }

        private double recall(FoundItems search, float[] scores) {
            int wanted = Math.min(best.length, dropOthers(search.accepted(), scores));
            if (wanted == 0) {
                return search.itemIds().length == 0 ? 1 : 0;
            }
            top.clear();
            top.offerAll(scores, scores.length);
            top.drainInto(best);
            float last = scores[best[wanted - 1]];
            int found = 0;
            for (long itemId : search.itemIds()) {
                int ordinal = items.indexOf(itemId);
                found += ordinal >= 0 && scores[ordinal] >= last ? 1 : 0;
            }
            return Math.min(found, wanted) / (double) wanted;
        }

        /** Puts items that were not to be found behind all others; how many were. */
        private static int dropOthers(@Nullable OrdinalBitSet accepted, float[] scores) {
            if (accepted == null) {
                return scores.length;
            }
            for (int ordinal = 0; ordinal < scores.length; ordinal++) {
                if (!accepted.contains(ordinal)) {
                    scores[ordinal] = Float.NEGATIVE_INFINITY;
                }
            }
            return accepted.cardinality();
        }
    }
}
