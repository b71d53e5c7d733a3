package io.millrace.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.bundle.BundleManifest;
import io.millrace.core.wire.codec.ReasonCode;
import io.millrace.ranker.factors.FoldIn;
import io.millrace.ranker.factors.ItemFactors;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.retrieval.BlendRetrieval;
import io.millrace.ranker.retrieval.RetrievalModel;
import io.millrace.ranker.tower.ItemTower;
import io.millrace.ranker.tower.TwoTowerModel;
import io.millrace.server.WireClient.Result;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A bundle that retrieves by a blend, asked over a socket and compared with plain sums. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BlendServingTest {
    private static final int ITEMS = 500;
    private static final int USERS = 40;
    private static final int CANDIDATES = 100;
    private static final int SKIP_RULES_KEEP_SEEN = 3;
    private static final long TIMESTAMP_MS = 1_700_000_000_000L;

    private final TinyBundle tiny = new TinyBundle(ITEMS, USERS);
    private final float[][] towers = new float[ITEMS][TinyBundle.DIMENSION];
    private final float[][] factors = new float[ITEMS][TinyBundle.FACTORS];
    private BlendRetrieval retrieval;
    private RowTable users;
    private MillraceServer server;
    private WireClient client;

    @BeforeAll
    void startServer(@TempDir Path folder) throws IOException {
        Path bundle = tiny.write(folder.resolve("bundle"));
        tiny.retrieveByBlend(bundle);
        retrieval =
                (BlendRetrieval)
                        RetrievalModel.open(bundle, BundleManifest.verify(bundle), tiny.schema());
        users =
                RowTable.open(
                        bundle.resolve(BundleLayout.USERS),
                        tiny.schema().layout(FeatureScope.USER));
        embedItems(bundle);
        server =
                MillraceServer.start(
                        TestServers.config()
                                .with("bundle", bundle.toString())
                                .with("funnel.candidates", CANDIDATES)
                                .with("limits.k", CANDIDATES)
                                // As many as there are, so that searches are exact.
                                .with("funnel.efSearch", ITEMS)
                                .with("funnel.warmUpRequests", 0));
        client = new WireClient(server.port());
    }

    private void embedItems(Path bundle) {
        try (RowTable items =
                RowTable.open(
                        bundle.resolve(BundleLayout.ITEMS),
                        tiny.schema().layout(FeatureScope.ITEM))) {
            ItemTower tower = retrieval.towers().newItemTower();
            ItemFactors ofItems = retrieval.factors();
            for (int ordinal = 0; ordinal < ITEMS; ordinal++) {
                tower.embedInto(items, ordinal, 1, towers[ordinal], 0);
                ofItems.vectorInto(ordinal, factors[ordinal]);
            }
        }
    }

    @AfterAll
    void stopServer() throws IOException {
        client.close();
        server.close();
        users.close();
        retrieval.close();
    }

    /** Of what the first user has watched there are no factors; towers and trend are left. */
    @Test
    void shouldRetrieveTheItemsOfTheLargestSums() throws IOException {
        for (int row = 0; row < USERS; row++) {
            Set<Long> expected =
                    best(sums(row))
                            .limit(CANDIDATES)
                            .collect(Collectors.toCollection(HashSet::new));
            Result result = recommend(TinyBundle.userId(row));
            assertEquals(ReasonCode.NONE, result.reason(), "row=" + row);
            assertEquals(expected, new HashSet<>(result.itemIds()), "row=" + row);
        }
    }

    @Test
    void shouldAnswerPopularItemsWhenTheUserIsUnknown() throws IOException {
        Result stranger = recommend(-5);
        assertEquals(ReasonCode.COLD_START, stranger.reason());
        assertNotEquals(
                new HashSet<>(stranger.itemIds()),
                best(sums(0)).limit(CANDIDATES).collect(Collectors.toSet()));
    }

    /** Among the candidates of the blend, those of the smallest angles between towers' vectors. */
    @Test
    void shouldAnswerTheMostAlikeByTheTowersWhenAskedForSimilar() throws IOException {
        for (int own = ITEMS - 1; own > ITEMS - 60; own -= 3) {
            Result result = client.ask(Frames.similar(1, TinyBundle.itemId(own), 10, false));
            assertEquals(10, result.items().size());
            float before = Float.POSITIVE_INFINITY;
            for (WireClient.Item item : result.items()) {
                int other = ordinal(item.itemId());
                assertNotEquals(own, other);
                assertEquals(product(towers[own], towers[other]), item.score(), 1e-5);
                assertTrue(item.score() <= before, "own=" + own);
                before = item.score();
            }
        }
    }

    private Result recommend(long userId) throws IOException {
        return client.ask(
                Frames.recommend(1, userId, CANDIDATES, SKIP_RULES_KEEP_SEEN, TIMESTAMP_MS, 0));
    }

    /** What towers, factors and trend say of all items to a user, each standardised. */
    private double[] sums(int row) {
        TwoTowerModel model = retrieval.towers();
        float[] byTower = new float[TinyBundle.DIMENSION];
        model.newQueryTower().embedInto(users.segment(), users.offset(row), byTower);
        FoldIn foldIn = retrieval.factors().newFoldIn(tiny.schema());
        float[] byHistory = new float[TinyBundle.FACTORS];
        foldIn.embedInto(users.segment(), users.offset(row), byHistory);
        double[] sums = new double[ITEMS];
        addStandardised(byTower, towers, sums);
        addStandardised(byHistory, factors, sums);
        for (int ordinal = 0; ordinal < ITEMS; ordinal++) {
            sums[ordinal] += 0.3 * TinyBundle.trend(ordinal);
        }
        return sums;
    }

    private static void addStandardised(float[] user, float[][] items, double[] sums) {
        double[] scores = Arrays.stream(items).mapToDouble(item -> product(user, item)).toArray();
        double mean = Arrays.stream(scores).average().orElseThrow();
        double variance =
                Arrays.stream(scores).map(x -> (x - mean) * (x - mean)).average().orElseThrow();
        for (int i = 0; i < scores.length && variance > 0; i++) {
            sums[i] += (scores[i] - mean) / Math.sqrt(variance);
        }
    }

    private static Stream<Long> best(double[] sums) {
        return IntStream.range(0, ITEMS)
                .boxed()
                .sorted(Comparator.comparingDouble(ordinal -> -sums[ordinal]))
                .map(TinyBundle::itemId);
    }

    private static int ordinal(long itemId) {
        return (int) ((itemId - TinyBundle.itemId(0)) / 7);
    }

    private static double product(float[] one, float[] other) {
        double sum = 0;
        for (int i = 0; i < one.length; i++) {
            sum += (double) one[i] * other[i];
        }
        return sum;
    }
}
