package io.millrace.data.bundle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.retrieve.ItemScores;
import io.millrace.data.retrieve.Retriever;
import io.millrace.data.retrieve.Retrievers;
import io.millrace.data.retrieve.Trend;
import io.millrace.data.train.collaborative.AlsPlan;
import io.millrace.data.train.collaborative.AlsTrainer;
import io.millrace.index.FlatIndex;
import io.millrace.index.GraphLayout;
import io.millrace.index.SearchScratch;
import io.millrace.index.VectorSet;
import io.millrace.ranker.factors.FactorSettings;
import io.millrace.ranker.factors.FoldIn;
import io.millrace.ranker.factors.ItemFactors;
import io.millrace.ranker.tower.QueryTower;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Bundles that retrieve otherwise than by the towers alone, compared with the scores of all. */
final class RetrievalPlanTest {
    private static final BuildPlan PLAN =
            BuildPlan.defaults().withGraph(graph -> graph.withThreads(2));
    private static final int ITEMS = 500;
    private static final int FACTORS = 16;
    private static final int K = 50;

    @TempDir private static Path shared;

    @TempDir private Path folder;
    private Path out = Path.of("");

    @BeforeAll
    static void makeWorld() {
        SmallWorlds.make(shared, "world", 120, ITEMS, 1);
    }

    @BeforeEach
    void nameOutput() {
        out = folder.resolve("bundle");
    }

    /** The same plan gives the same factors, and products with all of them are exact. */
    @ParameterizedTest
    @EnumSource(GraphLayout.class)
    void shouldFindWhatFactorsScoreBestWhenRetrievingByThem(GraphLayout layout) {
        BuildReport report = build(out, layout, new RetrievalPlan(Retriever.IALS, als(1, 2)));
        assertEquals("ials", report.figures().text("retriever"));
        assertEquals(FACTORS, report.manifest().dimension());
        assertEquals("INNER_PRODUCT", report.manifest().parameters().get("index.metric"));
        assertEquals("0.1", report.manifest().parameters().get("factors.unwatchedWeight"));
        try (Dataset dataset = Dataset.open(shared.resolve("world"));
                OfflineBundle bundle = OfflineBundle.open(out)) {
            assertEquals(Retriever.IALS, bundle.retriever());
            FactorProducts factors = new FactorProducts(dataset);
            IndexOrder order = new IndexOrder(bundle);
            int known = 0;
            for (int user = 0; user < bundle.users().count(); user++) {
                double[] products = factors.of(user);
                if (Arrays.stream(products).anyMatch(product -> product != 0)) {
                    order.assertThatOf(products, user, 1e-5);
                    assertEquals(0, order.shift(), 1e-5);
                    known++;
                }
            }
            assertTrue(known > 80, "users with a history: " + known);
        }
    }

    /** What each of them says of all items is standardised by plain loops and added up. */
    @ParameterizedTest
    @EnumSource(GraphLayout.class)
    void shouldFindWhatAllSayIsBestWhenRetrievingByABlend(GraphLayout layout) {
        BuildReport report = build(out, layout, new RetrievalPlan(Retriever.BLEND, als(1, 2)));
        assertEquals("blend", report.figures().text("retriever"));
        assertEquals("12", report.manifest().parameters().get("factors.sweeps"));
        try (Dataset dataset = Dataset.open(shared.resolve("world"));
                OfflineBundle bundle = OfflineBundle.open(out);
                VectorSet vectors =
                        ItemEmbedding.run(
                                bundle.towers(), dataset.items(), 1, ProgressListener.NONE)) {
            assertEquals(Retriever.BLEND, bundle.retriever());
            assertEquals(vectors.dimension() + FACTORS + 1, report.manifest().dimension());
            FactorProducts factors = new FactorProducts(dataset);
            QueryTower tower = bundle.towers().newQueryTower();
            MemorySegment users = bundle.users().segment();
            float[] query = new float[vectors.dimension()];
            float[] trend = Trend.of(dataset);
            IndexOrder order = new IndexOrder(bundle);
            int withHistory = 0;
            for (int user = 0; user < bundle.users().count(); user++) {
                double[] sums = new double[ITEMS];
                tower.embedInto(users, bundle.users().offset(user), query);
                assertTrue(addStandardised(products(query, vectors), sums));
                for (int item = 0; item < ITEMS; item++) {
                    sums[item] += 0.3 * trend[item];
                }
                double[] refined = sums.clone();
                double[] shares = factors.of(user);
                withHistory += addStandardised(shares, sums) ? 1 : 0;
                order.assertThatOf(sums, user, 1e-3);
                double[] logarithms =
                        Arrays.stream(shares).map(x -> Math.log(Math.max(x, 0) + 0.03)).toArray();
                addStandardised(logarithms, refined);
                order.assertRefined(refined, user, 1e-3);
            }
            assertTrue(withHistory > 80, "users with a history: " + withHistory);
        }
    }

    /** The lists of a bundle are those that are measured off line, bit for bit. */
    @ParameterizedTest
    @EnumSource(names = {"ITEM_KNN", "POPULAR"})
    void shouldHoldTheListsThatAreMeasuredWhenRetrievingByThem(Retriever way) {
        BuildReport report = build(out, GraphLayout.F32, RetrievalPlan.of(way, 1, 2));
        assertEquals(way.label(), report.figures().text("retriever"));
        assertEquals("COSINE", report.manifest().parameters().get("index.metric"));
        try (Dataset dataset = Dataset.open(shared.resolve("world"));
                OfflineBundle bundle = OfflineBundle.open(out)) {
            assertEquals(way, bundle.retriever());
            ItemScores expected =
                    Retrievers.learn(
                                    EnumSet.of(way),
                                    dataset,
                                    () -> {
                                        throw new AssertionError("towers are not asked");
                                    },
                                    1,
                                    1,
                                    ProgressListener.NONE)
                            .newScores(way);
            ItemScores held = Objects.requireNonNull(bundle.listScores(), "lists").get();
            float[] expectedScores = new float[ITEMS];
            float[] scores = new float[ITEMS];
            int known = 0;
            for (int user = 0; user < bundle.users().count(); user++) {
                expected.scoreInto(user, expectedScores);
                held.scoreInto(user, scores);
                assertArrayEquals(expectedScores, scores, "user=" + user);
                known += scores[argMax(scores)] > 0 ? 1 : 0;
            }
            assertTrue(known > 80, "users with candidates: " + known);
        }
    }

    private static int argMax(float[] scores) {
        int best = 0;
        for (int i = 1; i < scores.length; i++) {
            best = scores[i] > scores[best] ? i : best;
        }
        return best;
    }

    @Test
    void shouldGiveTheSameBytesAndRecallWhenTheThreadsDiffer() throws IOException {
        BuildPlan plan =
                PLAN.withGoal(new RecallGoal(0.9, 30))
                        .withRetrieval(new RetrievalPlan(Retriever.BLEND, als(3, 1)));
        BuildReport report = SmallWorlds.build(shared, "world", out, plan);
        assertTrue(report.efSearch() >= 30 && report.efSearch() < ITEMS, report.toString());
        Path again = folder.resolve("again");
        SmallWorlds.build(
                shared,
                "world",
                again,
                plan.withGraph(graph -> graph.withThreads(1))
                        .withRetrieval(new RetrievalPlan(Retriever.BLEND, als(3, 3))));
        assertEquals(names(out), names(again));
        for (String name : names(out)) {
            assertArrayEquals(
                    Files.readAllBytes(out.resolve(name)),
                    Files.readAllBytes(again.resolve(name)),
                    name);
        }
    }

    @Test
    void shouldRefuseFactorsWhereNoneAreNeededAndTheReverse() {
        assertRefused(Retriever.POPULAR, als(1, 1));
        assertRefused(Retriever.ITEM_KNN, als(1, 1));
        assertRefused(Retriever.IALS, null);
        assertRefused(Retriever.BLEND, null);
        assertRefused(Retriever.TWO_TOWER, als(1, 1));
    }

    private static void assertRefused(Retriever way, @Nullable AlsPlan factors) {
        MillraceException e =
                assertThrows(MillraceException.class, () -> new RetrievalPlan(way, factors));
        assertEquals(ErrorCode.USAGE, e.code());
        assertTrue(e.getMessage().contains("retriever=" + way.label()), e.getMessage());
    }

    private static BuildReport build(Path out, GraphLayout layout, RetrievalPlan retrieval) {
        return SmallWorlds.build(
                shared,
                "world",
                out,
                PLAN.withGraph(graph -> graph.withLayout(layout)).withRetrieval(retrieval));
    }

    private static AlsPlan als(long seed, int threads) {
        return new AlsPlan(new FactorSettings(FACTORS, 0.1f, 0.01f, 1), 12, seed, threads);
    }

    private static double[] products(float[] query, VectorSet vectors) {
        double[] products = new double[vectors.count()];
        float[] row = new float[vectors.dimension()];
        for (int item = 0; item < products.length; item++) {
            vectors.get(item, row, 0);
            for (int i = 0; i < row.length; i++) {
                products[item] += (double) query[i] * row[i];
            }
        }
        return products;
    }

    /** Of scores that are all the same nothing is added, which is said. */
    private static boolean addStandardised(double[] scores, double[] sums) {
        double mean = Arrays.stream(scores).average().orElseThrow();
        double variance =
                Arrays.stream(scores).map(x -> (x - mean) * (x - mean)).average().orElseThrow();
        if (variance < 1e-12) {
            return false;
        }
        for (int i = 0; i < scores.length; i++) {
            sums[i] += (scores[i] - mean) / Math.sqrt(variance);
        }
        return true;
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    /** The products of a user's factors with those of all items. */
    private static final class FactorProducts {
        private final Dataset dataset;
        private final ItemFactors items;
        private final FoldIn foldIn;
        private final float[] vector = new float[FACTORS];
        private final float[] scores = new float[ITEMS];

        FactorProducts(Dataset dataset) {
            this.dataset = dataset;
            items = AlsTrainer.train(dataset, als(1, 2), ProgressListener.NONE).factors();
            foldIn = items.newFoldIn(dataset.schema());
        }

        double[] of(int user) {
            foldIn.embedInto(dataset.users().segment(), dataset.users().offset(user), vector);
            items.scoreInto(vector, scores);
            double[] products = new double[ITEMS];
            Arrays.setAll(products, item -> scores[item]);
            return products;
        }
    }

    /** The best items of users by all vectors in the index of a bundle. */
    private static final class IndexOrder {
        private final UserVectors users;
        private final FlatIndex index;
        private final SearchScratch scratch;
        private final float[] query;
        private final int[] found = new int[K];
        private final float[] scores = new float[K];
        private double shift;

        IndexOrder(OfflineBundle bundle) {
            users = bundle.newUserVectors();
            index = bundle.index().exact();
            scratch = index.newScratch(K, ITEMS);
            query = new float[index.dimension()];
        }

        /** Items whose scores differ by rounding may change places. */
        void assertThatOf(double[] all, int user, double tolerance) {
            users.embedInto(user, query);
            assertEquals(K, index.searchInto(scratch, query, K, ITEMS, found, scores));
            double[] sorted = all.clone();
            Arrays.sort(sorted);
            shift = all[found[0]] - scores[0];
            for (int i = 0; i < K; i++) {
                String place = user + ", " + i;
                assertEquals(sorted[ITEMS - 1 - i], all[found[i]], tolerance, place);
                assertEquals(all[found[i]], scores[i] + shift, tolerance, place);
            }
        }

        /** The logarithm stands in place of the share, of what was found for the user. */
        void assertRefined(double[] all, int user, double tolerance) {
            users.refine(user, found, scores, K);
            double refinedShift = all[found[0]] - scores[0];
            for (int i = 0; i < K; i++) {
                assertEquals(all[found[i]], scores[i] + refinedShift, tolerance, user + ", " + i);
            }
        }

        /** What all scores of the last user were larger than those of the index. */
        double shift() {
            return shift;
        }
    }
}
