package io.millrace.data.eval;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.metrics.Figures;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.bundle.OfflineBundle;
import io.millrace.data.bundle.UserVectors;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.SeenItems;
import io.millrace.data.retrieve.ItemScores;
import io.millrace.data.retrieve.Retriever;
import io.millrace.data.retrieve.Retrievers;
import io.millrace.index.HnswIndex;
import io.millrace.index.SearchScratch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Retrieval of a bundle by exact search, its candidates scored as in serving, and what its index
 * finds of that, or by its lists; other retrievers, popularity and random beside it.
 *
 * <p>On KuaiRand the users whose id is a multiple of 5 are for choosing settings; what is reported
 * are the others, with all of them beside.
 */
final class RetrievalEvaluation {
    private static final int TUNING_USERS = 5;

    /** Searching the index for so many users tells its recall to the third digit. */
    private static final int INDEX_QUERIES = 1_000;

    private final Dataset dataset;
    private final OfflineBundle bundle;
    private final HnswIndex index;
    private final EvaluationPlan plan;
    private final SeenItems seen;
    private final List<RetrievalTargets.Case> cases;
    private final boolean isSplit;
    private final Set<Retriever> others;
    private final int queryEvery;

    RetrievalEvaluation(Dataset dataset, OfflineBundle bundle, EvaluationPlan plan) {
        this.dataset = dataset;
        this.bundle = bundle;
        this.index = bundle.index();
        this.plan = plan;
        this.others = others(bundle, plan);
        this.seen = new SeenItems(dataset.schema(), dataset.users());
        this.isSplit = RetrievalTargets.learnsFromHistoriesOnly(dataset);
        int limit = Math.clamp(plan.maxPairs() / index.size(), 1, Integer.MAX_VALUE);
        this.cases = RetrievalTargets.of(seen, RetrievalTargets.heldOut(dataset)).sample(limit);
        this.queryEvery = Math.max(1, cases.size() / INDEX_QUERIES);
    }

    /** What is measured beside the bundle's own way, which is measured with the index. */
    private static Set<Retriever> others(OfflineBundle bundle, EvaluationPlan plan) {
        EnumSet<Retriever> ways = EnumSet.noneOf(Retriever.class);
        ways.addAll(plan.retrievers());
        ways.remove(bundle.retriever());
        EnumSet<Retriever> byTowers = EnumSet.of(Retriever.TWO_TOWER, Retriever.BLEND);
        byTowers.retainAll(ways);
        if (!bundle.retriever().hasIndexOfTowers() && !byTowers.isEmpty()) {
            throw MillraceException.of(
                    ErrorCode.MISMATCH,
                    "the index of the bundle does not hold the towers' vectors: bundle=%s,"
                            + " wanted=%s; give a bundle built for two-tower, or leave that out",
                    bundle.retriever().label(),
                    byTowers.stream().map(Retriever::label).collect(Collectors.joining(",")));
        }
        return ways;
    }

    void addTo(Figures figures, ProgressListener progress) {
        Supplier<ItemScores> lists = bundle.listScores();
        if (lists == null) {
            addIndex(figures, progress);
        } else {
            addScores("", bundle.retriever(), lists, figures, progress);
        }
        addRetrievers(figures, progress);
        addBaselines(figures);
    }

    private void addIndex(Figures figures, ProgressListener progress) {
        int[][] ranks = new int[cases.size()][];
        double[] indexRecalls = new double[cases.size()];
        Arrays.fill(indexRecalls, Double.NaN);
        int blocks = Math.ceilDiv(cases.size(), ExactScores.QUERIES);
        try (ProgressListener.Stage stage = progress.start("score retrieval", cases.size())) {
            ParallelUsers.run(plan.threads(), blocks, () -> new Worker(ranks, indexRecalls, stage));
        }
        add(figures, "", Arrays.asList(ranks));
        figures.put(
                "retrieval.index_recall",
                Arrays.stream(indexRecalls)
                        .filter(recall -> !Double.isNaN(recall))
                        .average()
                        .orElse(Double.NaN));
    }

    private void addBaselines(Figures figures) {
        if (plan.withBaselines()) {
            ItemOrder popularity =
                    isSplit
                            ? ItemOrder.byHistories(dataset)
                            : ItemOrder.byHistoriesAndClicks(dataset);
            List<int[]> popular = new ArrayList<>();
            cases.forEach(user -> popular.add(popularity.ranks(user.targets(), user.seen())));
            add(figures, "baseline.popularity.", popular);
            RetrievalMetrics.random(reported(cases), index.size())
                    .addTo(figures, "baseline.random.retrieval.");
        }
    }

    private void addRetrievers(Figures figures, ProgressListener progress) {
        Supplier<ItemScores> towers = () -> new TowerScores(bundle.newUserVectors(), index);
        Retrievers learnt =
                Retrievers.learn(others, dataset, towers, plan.seed(), plan.threads(), progress);
        for (Retriever way : others) {
            String prefix = "retriever." + way.label() + ".";
            boolean isByTowers = way == Retriever.TWO_TOWER;
            Supplier<ItemScores> scores = isByTowers ? towers : () -> learnt.newScores(way);
            addScores(prefix, way, scores, figures, progress);
        }
    }

    private void addScores(
            String prefix,
            Retriever way,
            Supplier<ItemScores> scores,
            Figures figures,
            ProgressListener progress) {
        String name = "score " + way.label();
        try (ProgressListener.Stage stage = progress.start(name, cases.size())) {
            add(
                    figures,
                    prefix,
                    RetrieverRanks.of(scores, dataset.items(), cases, plan.threads(), stage));
        }
    }

    private void add(Figures figures, String prefix, List<int[]> ranks) {
        RetrievalMetrics metrics = RetrievalMetrics.of(reported(ranks));
        figures.put(prefix + "retrieval.users", metrics.users());
        metrics.addTo(figures, prefix + "retrieval.");
        if (isSplit) {
            RetrievalMetrics.of(ranks).addTo(figures, prefix + "retrieval.all.");
        }
    }

    /** Of a list with an element for each case, those of the users that are reported. */
    private <T> List<T> reported(List<T> ofCases) {
        List<T> reported = new ArrayList<>();
        for (int i = 0; i < ofCases.size(); i++) {
            long id = dataset.users().id(cases.get(i).user());
            if (!isSplit || id % TUNING_USERS != 0) {
                reported.add(ofCases.get(i));
            }
        }
        return reported;
    }

    /** Scores the users of a block; one for each thread. */
    private final class Worker implements IntConsumer {
        private final int[][] ranks;
        private final double[] indexRecalls;
        private final ProgressListener.Stage stage;
        private final UserVectors users = bundle.newUserVectors();
        private final ExactScores exact = new ExactScores(index);
        private final TargetRanks targetRanks;
        private final float[][] queries = new float[ExactScores.QUERIES][index.dimension()];
        private final int k = Math.min(plan.retrieved(), index.size());
        private final TopOrdinals top = new TopOrdinals(k);
        private final RefinedScores refined = new RefinedScores(users, k);
        private final int[] wanted = new int[k];
        private final SearchScratch scratch;
        private final int[] found = new int[k];
        private final float[] foundScores = new float[k];

        Worker(int[][] ranks, double[] indexRecalls, ProgressListener.Stage stage) {
            this.ranks = ranks;
            this.indexRecalls = indexRecalls;
            this.stage = stage;
            long[] ids = new long[index.size()];
            Arrays.setAll(ids, index::itemId);
            this.targetRanks = new TargetRanks(ids);
            this.scratch = index.newScratch(k, Math.max(k, plan.efSearch()));
        }

        @Override
        public void accept(int block) {
            int from = block * ExactScores.QUERIES;
            int count = Math.min(ExactScores.QUERIES, cases.size() - from);
            for (int i = 0; i < count; i++) {
                users.embedInto(cases.get(from + i).user(), queries[i]);
            }
            exact.score(queries, count);
            for (int i = 0; i < count; i++) {
                RetrievalTargets.Case user = cases.get(from + i);
                if ((from + i) % queryEvery == 0) {
                    indexRecalls[from + i] = indexRecall(queries[i], exact.scores(i));
                }
                refined.refine(user.user(), exact.scores(i));
                ranks[from + i] = targetRanks.ranks(exact.scores(i), user.targets(), user.seen());
            }
            stage.advance(count);
        }

        private double indexRecall(float[] query, float[] scores) {
            top.clear();
            top.offerAll(scores, scores.length);
            int wantedCount = top.drainInto(wanted);
            int foundCount =
                    index.searchInto(scratch, query, k, plan.efSearch(), found, foundScores);
            Arrays.sort(wanted, 0, wantedCount);
            int hits = 0;
            for (int i = 0; i < foundCount; i++) {
                hits += Arrays.binarySearch(wanted, 0, wantedCount, found[i]) >= 0 ? 1 : 0;
            }
            return (double) hits / wantedCount;
        }
    }
}
