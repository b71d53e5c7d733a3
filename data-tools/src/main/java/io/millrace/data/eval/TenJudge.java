package io.millrace.data.eval;

import io.millrace.core.progress.ProgressListener;
import io.millrace.data.bundle.OfflineBundle;
import io.millrace.data.bundle.UserVectors;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.SeenItems;
import io.millrace.data.retrieve.ItemScores;
import io.millrace.data.simulate.HiddenPreference;
import io.millrace.index.HnswIndex;
import io.millrace.index.filter.OrdinalBitSet;
import io.millrace.ranker.features.RowTable;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Judges the ten items that users were served by NDCG@10 over all items that a user has not seen
 * and no filter of the request has left out: against the hidden preference of a simulated world,
 * else against the clicks of the held-out impressions. Popularity, random and the order of
 * retrieval alone are judged beside, under the same rules.
 *
 * <p>A user nothing of whose truth is known cannot be judged and is left out.
 */
public final class TenJudge {
    /** How many a server retrieves when nothing else is said. */
    private static final int CANDIDATES = 500;

    private final Dataset dataset;
    private final OfflineBundle bundle;
    private final HnswIndex index;
    private final ItemWorth worth;
    private final SeenItems seen;
    private final ItemOrder popularity;

    private TenJudge(Dataset dataset, OfflineBundle bundle) {
        this.dataset = dataset;
        this.bundle = bundle;
        this.index = bundle.index();
        this.worth =
                HiddenPreference.of(dataset)
                        .<ItemWorth>map(HiddenWorth::new)
                        .orElseGet(
                                () -> new HeldOutClicks(dataset.test(), dataset.users().count()));
        this.seen = new SeenItems(dataset.schema(), dataset.users());
        this.popularity = ItemOrder.byHistoriesAndClicks(dataset);
    }

    /**
     * Judges answers.
     *
     * @param bundle folder of the bundle that was served.
     * @param dataset folder of the data set it was built from.
     * @param answers what the server answered; unknown users are left out.
     * @param threads how many threads; the report does not depend on it.
     * @param progress told of every user.
     * @return how good they are.
     */
    public static TenReport judge(
            Path bundle,
            Path dataset,
            List<ServedTen> answers,
            int threads,
            ProgressListener progress) {
        try (Dataset data = Dataset.open(dataset);
                OfflineBundle opened = OfflineBundle.open(bundle)) {
            return judge(opened, data, answers, threads, progress);
        }
    }

    /**
     * Judges answers of an open bundle.
     *
     * @param bundle the bundle that was served.
     * @param dataset the data set it was built from.
     * @param answers what the server answered; unknown users are left out.
     * @param threads how many threads; the report does not depend on it.
     * @param progress told of every user.
     * @return how good they are.
     */
    public static TenReport judge(
            OfflineBundle bundle,
            Dataset dataset,
            List<ServedTen> answers,
            int threads,
            ProgressListener progress) {
        bundle.checkMadeFrom(dataset);
        return new TenJudge(dataset, bundle).judge(answers, threads, progress);
    }

    private TenReport judge(List<ServedTen> answers, int threads, ProgressListener progress) {
        RowTable users = dataset.users();
        List<ServedTen> known =
                answers.stream().filter(answer -> users.indexOf(answer.userId()) >= 0).toList();
        double[][] judged = new double[known.size()][];
        int blocks = Math.ceilDiv(known.size(), ExactScores.QUERIES);
        try (ProgressListener.Stage stage = progress.start("judge answers", known.size())) {
            ParallelUsers.run(threads, blocks, () -> new Worker(known, judged, stage));
        }
        double[] sums = new double[Worker.WAYS];
        int count = 0;
        for (double[] ways : judged) {
            for (int way = 0; way < ways.length; way++) {
                sums[way] += ways[way];
            }
            count += ways.length > 0 ? 1 : 0;
        }
        return new TenReport(
                worth.name(),
                count,
                sums[Worker.SERVED] / count,
                sums[Worker.POPULARITY] / count,
                sums[Worker.RANDOM] / count,
                sums[Worker.RETRIEVAL_ONLY] / count);
    }

    /** Judges the answers of a block; one for each thread. */
    private final class Worker implements IntConsumer {
        static final int SERVED = 0;
        static final int POPULARITY = 1;
        static final int RANDOM = 2;
        static final int RETRIEVAL_ONLY = 3;
        static final int WAYS = 4;

        private final List<ServedTen> answers;
        private final double[][] judged;
        private final ProgressListener.Stage stage;
        private final UserVectors users = bundle.newUserVectors();

        /** Null where candidates come from the index. */
        private final @Nullable ItemScores lists;

        private final ExactScores exact = new ExactScores(index);
        private final float[][] queries = new float[ExactScores.QUERIES][index.dimension()];
        private final TenNdcg ndcg = new TenNdcg(index.size());
        private final TopOrdinals top = new TopOrdinals(RankMetrics.TEN);
        private final RefinedScores refined =
                new RefinedScores(users, Math.min(CANDIDATES, index.size()));

        Worker(List<ServedTen> answers, double[][] judged, ProgressListener.Stage stage) {
            this.answers = answers;
            this.judged = judged;
            this.stage = stage;
            Supplier<ItemScores> ofLists = bundle.listScores();
            this.lists = ofLists == null ? null : ofLists.get();
        }

        @Override
        public void accept(int block) {
            int from = block * ExactScores.QUERIES;
            int count = Math.min(ExactScores.QUERIES, answers.size() - from);
            score(from, count);
            for (int i = 0; i < count; i++) {
                judged[from + i] = judge(answers.get(from + i), exact.scores(i));
            }
            stage.advance(count);
        }

        /** Scores all items for some users, as the bundle retrieves. */
        private void score(int from, int count) {
            if (lists != null) {
                for (int i = 0; i < count; i++) {
                    lists.scoreInto(rowOf(answers.get(from + i)), exact.scores(i));
                }
                return;
            }
            for (int i = 0; i < count; i++) {
                users.embedInto(rowOf(answers.get(from + i)), queries[i]);
            }
            exact.score(queries, count);
            for (int i = 0; i < count; i++) {
                refined.refine(rowOf(answers.get(from + i)), exact.scores(i));
            }
        }

        private int rowOf(ServedTen answer) {
            return dataset.users().indexOf(answer.userId());
        }

        private double[] judge(ServedTen answer, float[] scores) {
            int user = rowOf(answer);
            int[] leftOut = leftOut(seen.of(user), answer.accepted());
            worth.fill(user, ndcg.gains());
            if (!ndcg.begin(leftOut)) {
                return new double[0];
            }
            double[] ways = new double[WAYS];
            ways[SERVED] = ndcg.of(ordinalsOf(answer));
            ways[POPULARITY] = ndcg.of(popularity.firstUnseen(leftOut, RankMetrics.TEN));
            ways[RANDOM] = ndcg.random(index.size() - leftOut.length);
            ways[RETRIEVAL_ONLY] = ndcg.of(bestOfOthers(scores, leftOut));
            return ways;
        }

        /** What was seen, and what was not asked for; ascending. */
        private int[] leftOut(int[] seenOrdinals, @Nullable OrdinalBitSet accepted) {
            if (accepted == null) {
                return seenOrdinals;
            }
            OrdinalBitSet out = new OrdinalBitSet(index.size());
            out.copyFrom(accepted);
            out.not();
            for (int ordinal : seenOrdinals) {
                out.add(ordinal);
            }
            return IntStream.range(0, index.size()).filter(out::contains).toArray();
        }

        private int[] ordinalsOf(ServedTen answer) {
            int[] ordinals = new int[answer.itemIds().length];
            for (int i = 0; i < ordinals.length; i++) {
                ordinals[i] = dataset.items().indexOf(answer.itemIds()[i]);
            }
            return ordinals;
        }

        private int[] bestOfOthers(float[] scores, int[] leftOut) {
            for (int ordinal : leftOut) {
                scores[ordinal] = Float.NEGATIVE_INFINITY;
            }
            top.clear();
            top.offerAll(scores, scores.length);
            int[] best = new int[RankMetrics.TEN];
            int count = top.drainInto(best);
            return Arrays.copyOf(best, count);
        }
    }
}
