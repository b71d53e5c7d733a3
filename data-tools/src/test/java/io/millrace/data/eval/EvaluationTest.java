package io.millrace.data.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.metrics.Figures;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.bundle.BuildPlan;
import io.millrace.data.bundle.BundleBuilder;
import io.millrace.data.bundle.HalvesChoice;
import io.millrace.data.bundle.OfflineBundle;
import io.millrace.data.bundle.RetrievalPlan;
import io.millrace.data.bundle.UserVectors;
import io.millrace.data.clicks.CalibrationMethod;
import io.millrace.data.clicks.ClickTraining;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.SeenItems;
import io.millrace.data.retrieve.ItemScores;
import io.millrace.data.retrieve.Retriever;
import io.millrace.data.simulate.HiddenPreference;
import io.millrace.data.simulate.SimulationPlan;
import io.millrace.data.simulate.Simulator;
import io.millrace.data.train.Training;
import io.millrace.data.train.TrainingPlan;
import io.millrace.data.train.collaborative.AlsPlan;
import io.millrace.data.train.collaborative.AlsTrainer;
import io.millrace.data.train.ranker.RankerTrainingPlan;
import io.millrace.index.GraphLayout;
import io.millrace.index.filter.OrdinalBitSet;
import io.millrace.ranker.calibration.HeadCalibrations;
import io.millrace.ranker.factors.FactorSettings;
import io.millrace.ranker.factors.FoldIn;
import io.millrace.ranker.factors.ItemFactors;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.model.WeightType;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/** From a simulated world to figures, on a real bundle. */
final class EvaluationTest {
    private static final int USERS = 400;
    private static final int ITEMS = 600;
    private static final EvaluationPlan PLAN =
            EvaluationPlan.defaults().withThreads(2).withServing(100, 200);

    @TempDir private static Path shared;
    private static Dataset dataset;
    private static OfflineBundle bundle;

    @BeforeAll
    static void makeBundle() {
        Path world = shared.resolve("world");
        Path models = shared.resolve("models");
        Simulator.run(SimulationPlan.defaults(USERS, ITEMS, 1), world, ProgressListener.NONE);
        dataset = Dataset.open(world);
        TrainingPlan training = TrainingPlan.defaults(dataset, 1, 2);
        Training.run(dataset, models, training, ProgressListener.NONE);
        BundleBuilder.run(
                world,
                models,
                shared.resolve("bundle"),
                BuildPlan.defaults()
                        .withGraph(graph -> graph.withThreads(2).withLayout(GraphLayout.INLINED)),
                ProgressListener.NONE);
        bundle = OfflineBundle.open(shared.resolve("bundle"));
    }

    @AfterAll
    static void closeAll() {
        bundle.close();
        dataset.close();
    }

    @Test
    void shouldGiveFiguresThatBeatTheirBaselines() {
        Figures figures = evaluate(PLAN);
        // Codes of one bit find less at this breadth than rows, but not at any.
        double found = figures.number("retrieval.index_recall");
        assertTrue(found > 0.8, "recall=" + found);
        Figures broad = evaluate(PLAN.withServing(100, ITEMS).withBaselines(false));
        assertTrue(broad.number("retrieval.index_recall") > Math.max(found, 0.95), "" + found);
        assertTrue(
                figures.number("retrieval.recall100")
                        > 1.5 * figures.number("baseline.random.retrieval.recall100"));
        assertTrue(figures.number("click.auc") > 0.6);
        assertTrue(
                figures.number("click.logloss")
                        < figures.number("baseline.constant.click.logloss"));
        for (String prefix : List.of("", "baseline.popularity.", "baseline.random.")) {
            double least = 0;
            for (String k : List.of("10", "50", "100", "500")) {
                double recall = figures.number(prefix + "retrieval.recall" + k);
                assertTrue(recall >= least && recall <= 1, prefix + k);
                least = recall;
            }
        }
        for (String way : List.of("constant", "popularity", "logistic")) {
            assertTrue(figures.has("baseline." + way + ".click.gauc"));
        }
        for (String model : List.of("", "light.")) {
            assertTrue(figures.number(model + "like.auc") > 0.6, model);
            assertTrue(figures.number(model + "long_view.auc") > 0.6, model);
            assertTrue(
                    figures.number(model + "long_view.logloss")
                            < figures.number("baseline.constant.long_view.logloss"),
                    model);
        }
    }

    @Test
    void shouldCalibrateAndJudgeEachHeadOfARankerAlone() {
        Path models = shared.resolve("alone");
        RankerTrainingPlan plan = TrainingPlan.defaults(dataset, 1, 2).light();
        ClickTraining.run(dataset, models, plan, CalibrationMethod.PLATT, ProgressListener.NONE);
        HeadCalibrations calibrations =
                HeadCalibrations.read(models.resolve(BundleLayout.CALIBRATION));
        Figures figures =
                ClickEvaluation.run(models, dataset, PLAN, ProgressListener.NONE).figures();
        for (String label : List.of("click", "long_view", "like")) {
            assertNotNull(calibrations.of(label), label);
            assertEquals(
                    figures.number("uncalibrated." + label + ".auc"),
                    figures.number(label + ".auc"),
                    1e-3,
                    label);
            assertNotEquals(
                    figures.number("uncalibrated." + label + ".logloss"),
                    figures.number(label + ".logloss"),
                    label);
            assertTrue(figures.has("baseline.logistic." + label + ".gauc"), label);
        }
    }

    /** The bundle has halves in bfloat16. */
    @Test
    void shouldMeasureHalvesOfFewerBitsBesideTheWholeRanker() {
        Figures figures = evaluate(PLAN.withBaselines(false));
        for (String prefix : List.of("", "light.")) {
            assertEquals("bf16", figures.text(prefix + "halves.type"));
            for (String figure : List.of("click.auc", "click.logloss", "click.gauc")) {
                double whole = figures.number(prefix + figure);
                double rounded = figures.number(prefix + "halves." + figure);
                assertEquals(whole, rounded, 2e-3, prefix + figure);
            }
            assertNotEquals(
                    figures.number(prefix + "click.logloss"),
                    figures.number(prefix + "halves.click.logloss"));
        }
    }

    /** The bundle at hand has embeddings in float32, another one of fewer bits. */
    @Test
    void shouldMeasureTheTrainedRankersBesideRoundedOnesWhenTheirFolderIsGiven() {
        Path models = shared.resolve("models");
        Path small = shared.resolve("small");
        BundleBuilder.run(
                shared.resolve("world"),
                models,
                small,
                BuildPlan.defaults()
                        .withGraph(graph -> graph.withThreads(2))
                        .withEmbeddings(WeightType.INT8),
                ProgressListener.NONE);
        EvaluationPlan plan = PLAN.withBaselines(false).withModels(models);
        Figures exact = evaluate(plan);
        assertFalse(exact.has("embeddings.type"));
        try (OfflineBundle opened = OfflineBundle.open(small)) {
            Figures rounded = evaluate(opened, plan);
            assertEquals("int8", rounded.text("embeddings.type"));
            for (String model : List.of("", "light.")) {
                for (String figure : List.of("click.auc", "click.logloss", "click.gauc")) {
                    double trained = exact.number(model + figure);
                    assertEquals(trained, exact.number(model + "trained." + figure));
                    assertEquals(trained, rounded.number(model + "trained." + figure));
                    assertEquals(trained, rounded.number(model + figure), 5e-3, model + figure);
                }
                assertNotEquals(
                        exact.number(model + "click.logloss"),
                        rounded.number(model + "click.logloss"));
            }
            assertFalse(evaluate(opened, plan.withModels(null)).has("trained.click.auc"));
        }
    }

    @Test
    void shouldRefuseTheModelsOfAnotherBundle() {
        Path others = shared.resolve("others");
        TrainingPlan training = TrainingPlan.defaults(dataset, 2, 2);
        Training.run(dataset, others, training, ProgressListener.NONE);
        MillraceException e =
                assertThrows(
                        MillraceException.class,
                        () -> evaluate(PLAN.withBaselines(false).withModels(others)));
        assertEquals(ErrorCode.MISMATCH, e.code());
        assertTrue(e.getMessage().contains("the bundle was built from other models"), "" + e);
    }

    @Test
    void shouldNotMeasureHalvesWhenTheyHaveLostNothing() {
        BundleBuilder.run(
                shared.resolve("world"),
                shared.resolve("models"),
                shared.resolve("exact"),
                BuildPlan.defaults()
                        .withGraph(graph -> graph.withThreads(2))
                        .withItemHalves(HalvesChoice.F32),
                ProgressListener.NONE);
        try (OfflineBundle exact = OfflineBundle.open(shared.resolve("exact"))) {
            Figures figures =
                    Evaluation.run(exact, dataset, PLAN.withBaselines(false), ProgressListener.NONE)
                            .figures();
            assertTrue(figures.has("click.auc"));
            assertTrue(figures.keys().stream().noneMatch(key -> key.contains("halves")));
        }
    }

    @Test
    void shouldGiveTheSameFiguresWhenTheThreadsDiffer() {
        EvaluationPlan plan = PLAN.withRetrievers(EnumSet.allOf(Retriever.class));
        Figures one = evaluate(plan.withThreads(1));
        Figures two = evaluate(plan.withThreads(3));
        assertEquals(one.keys(), two.keys());
        for (String key : one.keys()) {
            boolean isMeasured =
                    key.startsWith("retriev") || key.startsWith("click") || key.startsWith("base");
            if (isMeasured && one.isNumber(key)) {
                assertEquals(one.number(key), two.number(key), key);
            }
        }
    }

    @Test
    void shouldMeasureOtherRetrieversBesideTheTowers() {
        EvaluationPlan plan = PLAN.withBaselines(false);
        Figures towers = evaluate(plan);
        assertTrue(towers.keys().stream().noneMatch(key -> key.startsWith("retriever.")));
        Figures all = evaluate(plan.withRetrievers(EnumSet.allOf(Retriever.class)));
        assertEquals(towers.number("retrieval.recall100"), all.number("retrieval.recall100"));
        double random = evaluate(PLAN).number("baseline.random.retrieval.recall100");
        for (Retriever way : EnumSet.complementOf(EnumSet.of(Retriever.TWO_TOWER))) {
            String prefix = "retriever." + way.label() + ".retrieval.";
            assertEquals(all.number("retrieval.users"), all.number(prefix + "users"));
            double recall = all.number(prefix + "recall100");
            assertTrue(recall > 1.2 * random && recall <= 1, way + " " + recall + " " + random);
        }
        assertFalse(all.has("retriever.two-tower.retrieval.users"));
    }

    @Test
    void shouldMeasureABundleOfFactorsByAllTheirProducts() {
        AlsPlan als = new AlsPlan(new FactorSettings(16, 0.1f, 0.01f, 1), 12, 1, 2);
        BundleBuilder.run(
                shared.resolve("world"),
                shared.resolve("models"),
                shared.resolve("factors"),
                BuildPlan.defaults()
                        .withGraph(graph -> graph.withThreads(2))
                        .withRetrieval(new RetrievalPlan(Retriever.IALS, als)),
                ProgressListener.NONE);
        ItemFactors factors = AlsTrainer.train(dataset, als, ProgressListener.NONE).factors();
        FoldIn foldIn = factors.newFoldIn(dataset.schema());
        float[] query = new float[16];
        SeenItems seen = new SeenItems(dataset.schema(), dataset.users());
        RetrievalMetrics expected =
                RetrievalMetrics.of(
                        RetrieverRanks.of(
                                () ->
                                        (user, scores) -> {
                                            RowTable users = dataset.users();
                                            foldIn.embedInto(
                                                    users.segment(), users.offset(user), query);
                                            factors.scoreInto(query, scores);
                                        },
                                dataset.items(),
                                RetrievalTargets.of(seen, RetrievalTargets.heldOut(dataset))
                                        .cases(),
                                1,
                                ProgressListener.Stage.SILENT));
        EvaluationPlan plan = PLAN.withBaselines(false);
        try (OfflineBundle other = OfflineBundle.open(shared.resolve("factors"))) {
            Figures alone = evaluate(other, plan.withRetrievers(EnumSet.of(Retriever.IALS)));
            assertEquals("ials", alone.text("retriever"));
            assertFalse(alone.has("retriever.ials.retrieval.users"), "measured twice");
            assertEquals(expected.users(), alone.number("retrieval.users"));
            assertEquals(expected.recall50(), alone.number("retrieval.recall50"), 2e-3);
            assertEquals(expected.ndcg10(), alone.number("retrieval.ndcg10"), 2e-3);
            MillraceException e =
                    assertThrows(
                            MillraceException.class,
                            () ->
                                    evaluate(
                                            other,
                                            plan.withRetrievers(EnumSet.of(Retriever.BLEND))));
            assertEquals(ErrorCode.MISMATCH, e.code());
            assertTrue(e.getMessage().contains("bundle=ials, wanted=blend;"), e.getMessage());
        }
    }

    /** All items are candidates; their deviation is told by all of them. */
    @Test
    void shouldMeasureABundleOfABlendAsTheBlendBesideTheTowers() {
        BundleBuilder.run(
                shared.resolve("world"),
                shared.resolve("models"),
                shared.resolve("blend"),
                BuildPlan.defaults()
                        .withGraph(graph -> graph.withThreads(2))
                        .withRetrieval(RetrievalPlan.of(Retriever.BLEND, PLAN.seed(), 2)),
                ProgressListener.NONE);
        EvaluationPlan plan = PLAN.withBaselines(false);
        Figures beside = evaluate(plan.withRetrievers(EnumSet.of(Retriever.BLEND)));
        try (OfflineBundle other = OfflineBundle.open(shared.resolve("blend"))) {
            int items = dataset.items().count();
            Figures own = evaluate(other, plan.withServing(items, items));
            assertEquals("blend", own.text("retriever"));
            for (String figure : List.of("users", "recall10", "recall50", "recall100", "ndcg10")) {
                assertEquals(
                        beside.number("retriever.blend.retrieval." + figure),
                        own.number("retrieval." + figure),
                        1e-3,
                        figure);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"ITEM_KNN", "POPULAR"})
    void shouldMeasureABundleOfListsByTheseBesideTheTowers(Retriever way) {
        Path built = shared.resolve(way.label());
        BundleBuilder.run(
                shared.resolve("world"),
                shared.resolve("models"),
                built,
                BuildPlan.defaults()
                        .withGraph(graph -> graph.withThreads(2))
                        .withRetrieval(RetrievalPlan.of(way, PLAN.seed(), 2)),
                ProgressListener.NONE);
        EvaluationPlan plan = PLAN.withBaselines(false);
        Figures beside = evaluate(plan.withRetrievers(EnumSet.of(way)));
        try (OfflineBundle other = OfflineBundle.open(built)) {
            assertJudgedByTheLists(other);
            Figures own = evaluate(other, plan.withRetrievers(EnumSet.of(Retriever.TWO_TOWER)));
            assertEquals(way.label(), own.text("retriever"));
            assertFalse(own.has("retrieval.index_recall"), "nothing was searched");
            for (String figure : List.of("users", "recall10", "recall50", "recall100", "ndcg10")) {
                assertEquals(
                        beside.number("retriever." + way.label() + ".retrieval." + figure),
                        own.number("retrieval." + figure),
                        figure);
                assertEquals(
                        beside.number("retrieval." + figure),
                        own.number("retriever.two-tower.retrieval." + figure),
                        1e-3,
                        figure);
            }
        }
    }

    /** The first ten of the lists are what retrieval alone would have served. */
    private static void assertJudgedByTheLists(OfflineBundle other) {
        SeenItems seen = new SeenItems(dataset.schema(), dataset.users());
        ItemScores lists = Objects.requireNonNull(other.listScores(), "lists").get();
        float[] scores = new float[ITEMS];
        List<ServedTen> retrieved = new ArrayList<>();
        for (int user = 0; user < 30; user++) {
            int[] seenItems = seen.of(user);
            lists.scoreInto(user, scores);
            int[] ten =
                    IntStream.range(0, ITEMS)
                            .filter(item -> Arrays.binarySearch(seenItems, item) < 0)
                            .boxed()
                            .sorted(Comparator.comparingDouble(item -> -scores[item]))
                            .mapToInt(Integer::intValue)
                            .limit(10)
                            .toArray();
            retrieved.add(new ServedTen(dataset.users().id(user), ids(ten)));
        }
        TenReport report = TenJudge.judge(other, dataset, retrieved, 2, ProgressListener.NONE);
        assertEquals(30, report.users());
        assertEquals(report.retrievalOnly(), report.ndcg10(), 1e-12);
    }

    @Test
    void shouldRankByTheTowersAsWithManyUsersAtOnce() {
        SeenItems seen = new SeenItems(dataset.schema(), dataset.users());
        List<RetrievalTargets.Case> cases =
                RetrievalTargets.of(seen, RetrievalTargets.heldOut(dataset)).cases();
        List<int[]> ranks =
                RetrieverRanks.of(
                        () -> new TowerScores(bundle.newUserVectors(), bundle.index()),
                        dataset.items(),
                        cases,
                        2,
                        ProgressListener.Stage.SILENT);
        RetrievalMetrics metrics = RetrievalMetrics.of(ranks);
        Figures figures = evaluate(PLAN.withBaselines(false));
        assertEquals(figures.number("retrieval.users"), metrics.users());
        assertEquals(figures.number("retrieval.recall50"), metrics.recall50());
        assertEquals(figures.number("retrieval.ndcg10"), metrics.ndcg10());
    }

    /** The bundle at hand has turned rows; what users get must not depend on it. */
    @Test
    void shouldGiveTheSameFiguresWhenRowsArePlain() {
        assertEquals(GraphLayout.INLINED, bundle.index().parameters().layout());
        Path plain = shared.resolve("plain");
        BundleBuilder.run(
                shared.resolve("world"),
                shared.resolve("models"),
                plain,
                BuildPlan.defaults().withGraph(graph -> graph.withThreads(2)),
                ProgressListener.NONE);
        Figures inlined = evaluate(PLAN);
        Figures rows =
                Evaluation.run(plain, shared.resolve("world"), PLAN, ProgressListener.NONE)
                        .figures();
        assertTrue(rows.number("retrieval.index_recall") > 0.95);
        for (String k : List.of("10", "50", "100", "500")) {
            String key = "retrieval.recall" + k;
            assertEquals(rows.number(key), inlined.number(key), 2e-3, key);
        }
    }

    @Test
    void shouldMeasureFewerUsersAndNoBaselinesWhenTold() {
        Figures figures = evaluate(PLAN.withLimits(50L * ITEMS, 100).withBaselines(false));
        assertEquals(50, figures.number("retrieval.users"));
        assertEquals(100, figures.number("click.impressions"));
        assertTrue(figures.keys().stream().noneMatch(key -> key.startsWith("baseline")));
    }

    @Test
    void shouldRefuseTheDataSetOfAnotherBundle() {
        Path other = shared.resolve("other");
        Simulator.run(SimulationPlan.defaults(60, 200, 5), other, ProgressListener.NONE);
        MillraceException e =
                assertThrows(
                        MillraceException.class,
                        () ->
                                Evaluation.run(
                                        shared.resolve("bundle"),
                                        other,
                                        PLAN,
                                        ProgressListener.NONE));
        assertEquals(ErrorCode.MISMATCH, e.code());
    }

    @Test
    void shouldGiveOneToTheTenThatUsersWantMost() {
        HiddenPreference preference = HiddenPreference.of(dataset).orElseThrow();
        SeenItems seen = new SeenItems(dataset.schema(), dataset.users());
        List<ServedTen> best = new ArrayList<>();
        List<ServedTen> worst = new ArrayList<>();
        for (int user = 0; user < 40; user++) {
            int row = user;
            long[] order =
                    IntStream.range(0, ITEMS)
                            .filter(item -> Arrays.binarySearch(seen.of(row), item) < 0)
                            .boxed()
                            .sorted(Comparator.comparingDouble(i -> -preference.gain(row, i)))
                            .mapToLong(item -> dataset.items().id(item))
                            .toArray();
            long id = dataset.users().id(user);
            best.add(new ServedTen(id, Arrays.copyOf(order, 10)));
            worst.add(
                    new ServedTen(id, Arrays.copyOfRange(order, order.length - 10, order.length)));
        }
        TenReport report = judge(best, 2);
        assertEquals("hidden preference", report.truth());
        assertEquals(40, report.users());
        assertEquals(1, report.ndcg10(), 1e-6);
        assertTrue(report.retrievalOnly() > report.random(), report.toString());
        assertTrue(report.popularity() < 1 && report.random() < report.popularity());
        assertTrue(judge(worst, 2).ndcg10() < report.random());
        assertEquals(report, judge(best, 1));
    }

    /** The best ten of those that a filter accepts are worth 1, the best of all less. */
    @Test
    void shouldJudgeByWhatAFilterAccepts() {
        HiddenPreference preference = HiddenPreference.of(dataset).orElseThrow();
        SeenItems seen = new SeenItems(dataset.schema(), dataset.users());
        List<ServedTen> best = new ArrayList<>();
        List<ServedTen> bestOfAll = new ArrayList<>();
        List<ServedTen> popular = new ArrayList<>();
        ItemOrder popularity = ItemOrder.byHistoriesAndClicks(dataset);
        OrdinalBitSet accepted = new OrdinalBitSet(ITEMS);
        for (int item = 0; item < ITEMS; item += 7) {
            accepted.add(item);
        }
        for (int user = 0; user < 40; user++) {
            int row = user;
            int[] seenItems = seen.of(user);
            List<Integer> order =
                    IntStream.range(0, ITEMS)
                            .filter(item -> Arrays.binarySearch(seenItems, item) < 0)
                            .boxed()
                            .sorted(Comparator.comparingDouble(i -> -preference.gain(row, i)))
                            .toList();
            long id = dataset.users().id(user);
            int[] unseen =
                    order.stream().filter(accepted::contains).mapToInt(i -> i).limit(10).toArray();
            best.add(new ServedTen(id, accepted, ids(unseen)));
            int[] ten = order.stream().mapToInt(i -> i).limit(10).toArray();
            bestOfAll.add(new ServedTen(id, accepted, ids(ten)));
            int[] first =
                    Arrays.stream(popularity.firstUnseen(seenItems, ITEMS - seenItems.length))
                            .filter(accepted::contains)
                            .limit(10)
                            .toArray();
            popular.add(new ServedTen(id, accepted, ids(first)));
        }
        TenReport report = judge(best, 2);
        assertEquals(40, report.users());
        assertEquals(1, report.ndcg10(), 1e-6);
        assertTrue(report.random() < report.popularity() && report.popularity() < 1);
        // What was not asked for gains nothing, however much a user wants it.
        assertTrue(judge(bestOfAll, 2).ndcg10() < 0.8, report.toString());
        assertEquals(report.popularity(), judge(popular, 2).ndcg10(), 1e-12);
        // Nobody can be judged by nothing.
        long someone = dataset.users().id(0);
        ServedTen none = new ServedTen(someone, new OrdinalBitSet(ITEMS), new long[0]);
        assertEquals(0, judge(List.of(none), 1).users());
    }

    @Test
    void shouldJudgeBaselinesAsIfTheyHadBeenServed() {
        SeenItems seen = new SeenItems(dataset.schema(), dataset.users());
        ItemOrder popularity = ItemOrder.byHistoriesAndClicks(dataset);
        List<ServedTen> popular = new ArrayList<>();
        List<ServedTen> retrieved = new ArrayList<>();
        UserVectors tower = bundle.newUserVectors();
        float[] query = new float[bundle.index().dimension()];
        for (int user = 0; user < 30; user++) {
            long id = dataset.users().id(user);
            int[] seenItems = seen.of(user);
            popular.add(new ServedTen(id, ids(popularity.firstUnseen(seenItems, 10))));
            tower.embedInto(user, query);
            retrieved.add(new ServedTen(id, ids(exactTen(query, seenItems))));
        }
        // Somebody the data set does not know, and somebody who got nothing.
        popular.add(new ServedTen(-77, new long[] {1, 2, 3}));
        TenReport report = judge(popular, 2);
        assertEquals(30, report.users());
        assertEquals(report.popularity(), report.ndcg10(), 1e-12);
        assertEquals(report.retrievalOnly(), judge(retrieved, 2).ndcg10(), 1e-12);
        assertEquals(
                0, judge(List.of(new ServedTen(dataset.users().id(0), new long[0])), 1).ndcg10());
    }

    @Test
    void shouldCountWhichOfTheNearestSearchesFound() {
        UserVectors tower = bundle.newUserVectors();
        List<FoundItems> searches = new ArrayList<>();
        int found = 0;
        for (int user = 0; user < 21; user++) {
            float[] query = new float[bundle.index().dimension()];
            tower.embedInto(user, query);
            long[] ten = ids(exactTen(query, new int[0]));
            // From the worst on: a user's number of them is found, the others are far or unknown.
            int kept = user % 11;
            for (int i = 0; i < ten.length - kept; i++) {
                ten[i] = i % 2 == 0 ? -i : farthest(query, i);
            }
            found += kept;
            searches.add(new FoundItems(query, null, ten));
        }
        double recall = found / (10.0 * searches.size());
        for (int threads = 1; threads <= 2; threads++) {
            assertEquals(
                    recall,
                    SearchJudge.recall(bundle, searches, 10, threads, ProgressListener.NONE),
                    1e-12);
        }
    }

    @Test
    void shouldCountWhichOfTheNearestThatAFilterAcceptsSearchesFound() {
        OrdinalBitSet some = new OrdinalBitSet(ITEMS);
        OrdinalBitSet four = new OrdinalBitSet(ITEMS);
        for (int item = 0; item < ITEMS; item += 5) {
            some.add(item);
            if (item < 20) {
                four.add(item);
            }
        }
        float[] query = new float[bundle.index().dimension()];
        bundle.newUserVectors().embedInto(0, query);
        int[] others = IntStream.range(0, ITEMS).filter(i -> !some.contains(i)).toArray();
        long[] nearest = ids(exactTen(query, others));
        long[] nearestOfAll = ids(exactTen(query, new int[0]));
        int both = 0;
        for (int ordinal : exactTen(query, new int[0])) {
            both += some.contains(ordinal) ? 1 : 0;
        }

        assertEquals(1, recall(new FoundItems(query, some, nearest)));
        assertEquals(both / 10.0, recall(new FoundItems(query, some, nearestOfAll)));
        // There are four to find, whichever order they come in.
        assertEquals(1, recall(new FoundItems(query, four, ids(new int[] {15, 0, 10, 5}))));
        assertEquals(0.5, recall(new FoundItems(query, four, ids(new int[] {15, 1, 2, 5}))));
        OrdinalBitSet none = new OrdinalBitSet(ITEMS);
        assertEquals(1, recall(new FoundItems(query, none, new long[0])));
        assertEquals(0, recall(new FoundItems(query, none, nearest)));
    }

    private static double recall(FoundItems search) {
        return SearchJudge.recall(bundle, List.of(search), 10, 1, ProgressListener.NONE);
    }

    @Test
    void shouldAcceptTheItemsThatMeetAFilter() {
        try (BundleFilters filters = BundleFilters.open(bundle)) {
            OrdinalBitSet few = filters.accepted("category <= 3");
            OrdinalBitSet others = filters.accepted("not category <= 3");
            assertEquals(ITEMS, few.size());
            assertTrue(few.cardinality() > 0 && others.cardinality() > 0);
            assertEquals(ITEMS, few.cardinality() + others.cardinality());
            assertSame(few, filters.accepted("category <= 3"));
            MillraceException e =
                    assertThrows(MillraceException.class, () -> filters.accepted("colour = 3"));
            assertEquals(ErrorCode.BAD_INPUT, e.code());
        }
    }

    /** The item that so many are farther than. */
    private static long farthest(float[] query, int rank) {
        float[] vector = new float[query.length];
        return IntStream.range(0, ITEMS)
                .boxed()
                .sorted(Comparator.comparingDouble(item -> cosine(query, item, vector)))
                .skip(rank)
                .mapToLong(dataset.items()::id)
                .findFirst()
                .orElseThrow();
    }

    private static int[] exactTen(float[] query, int[] seen) {
        float[] vector = new float[query.length];
        return IntStream.range(0, ITEMS)
                .filter(item -> Arrays.binarySearch(seen, item) < 0)
                .boxed()
                .sorted(Comparator.comparingDouble(item -> -cosine(query, item, vector)))
                .mapToInt(Integer::intValue)
                .limit(10)
                .toArray();
    }

    private static double cosine(float[] query, int item, float[] vector) {
        bundle.index().vectorInto(item, vector, 0);
        double sum = 0;
        for (int i = 0; i < query.length; i++) {
            sum += query[i] * vector[i];
        }
        return sum;
    }

    private static long[] ids(int[] ordinals) {
        return Arrays.stream(ordinals).mapToLong(dataset.items()::id).toArray();
    }

    private static Figures evaluate(EvaluationPlan plan) {
        return evaluate(bundle, plan);
    }

    private static Figures evaluate(OfflineBundle measured, EvaluationPlan plan) {
        return Evaluation.run(measured, dataset, plan, ProgressListener.NONE).figures();
    }

    private static TenReport judge(List<ServedTen> answers, int threads) {
        return TenJudge.judge(bundle, dataset, answers, threads, ProgressListener.NONE);
    }
}
