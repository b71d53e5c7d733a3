package io.millrace.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.ReasonCode;
import io.millrace.core.wire.codec.SourceCode;
import io.millrace.ranker.factors.FoldIn;
import io.millrace.ranker.factors.ItemFactors;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowTable;
import io.millrace.server.WireClient.Item;
import io.millrace.server.WireClient.Result;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A bundle that retrieves by factors, asked over a socket and compared with all products. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FactorServingTest {
    private static final int ITEMS = 500;
    private static final int USERS = 40;
    private static final int CANDIDATES = 100;
    private static final int SKIP_RULES_KEEP_SEEN = 3;
    private static final long TIMESTAMP_MS = 1_700_000_000_000L;

    private final TinyBundle tiny = new TinyBundle(ITEMS, USERS);
    private ItemFactors factors;
    private RowTable users;
    private MillraceServer server;
    private WireClient client;

    @BeforeAll
    void startServer(@TempDir Path folder) throws IOException {
        Path bundle = tiny.write(folder.resolve("bundle"));
        factors = tiny.retrieveByFactors(bundle);
        users =
                RowTable.open(
                        bundle.resolve(BundleLayout.USERS),
                        tiny.schema().layout(FeatureScope.USER));
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

    @AfterAll
    void stopServer() throws IOException {
        client.close();
        server.close();
        users.close();
    }

    @Test
    void shouldRetrieveTheItemsOfTheLargestProducts() throws IOException {
        for (int row = 1; row < USERS; row++) {
            float[] user = embed(row);
            Set<Long> expected =
                    best(user, CANDIDATES).stream()
                            .map(TinyBundle::itemId)
                            .collect(Collectors.toSet());
            Result result =
                    client.ask(
                            Frames.recommend(
                                    1,
                                    TinyBundle.userId(row),
                                    CANDIDATES,
                                    SKIP_RULES_KEEP_SEEN,
                                    TIMESTAMP_MS,
                                    0));
            assertEquals(ReasonCode.NONE, result.reason());
            assertEquals(expected, new HashSet<>(result.itemIds()), "row=" + row);
        }
    }

    @Test
    void shouldSearchInTheOrderOfTheProducts() throws IOException {
        for (int row = 1; row < USERS; row++) {
            float[] user = embed(row);
            List<Integer> expected = best(user, 20);
            Result result = client.ask(Frames.search(1, -1, 20, false, user));
            assertEquals(
                    expected.stream().map(TinyBundle::itemId).toList(),
                    result.itemIds(),
                    "row=" + row);
            for (int i = 0; i < 20; i++) {
                Item item = result.items().get(i);
                assertEquals(product(user, expected.get(i)), item.score(), 1e-5);
            }
        }
    }

    @Test
    void shouldRecommendNewItemsUnderTheRules() throws IOException {
        for (int row = 1; row < USERS; row++) {
            Result result = client.ask(Frames.recommend(1, TinyBundle.userId(row), 10));
            assertEquals(Status.OK, result.status());
            assertEquals(10, new HashSet<>(result.itemIds()).size());
            List<Long> retrievable =
                    best(embed(row), CANDIDATES).stream().map(TinyBundle::itemId).toList();
            assertTrue(retrievable.containsAll(result.itemIds()), "row=" + row);
            for (int ordinal : tiny.watched(row)) {
                assertFalse(result.itemIds().contains(TinyBundle.itemId(ordinal)));
            }
        }
    }

    /** Of what the first user has watched there are no factors; of a stranger there is no row. */
    @Test
    void shouldAnswerPopularItemsWhenFactorsSayNothing() throws IOException {
        for (float number : embed(0)) {
            assertEquals(0, number);
        }
        Result stranger =
                client.ask(
                        Frames.recommend(1, -5, CANDIDATES, SKIP_RULES_KEEP_SEEN, TIMESTAMP_MS, 0));
        Result newcomer =
                client.ask(
                        Frames.recommend(
                                1,
                                TinyBundle.userId(0),
                                CANDIDATES,
                                SKIP_RULES_KEEP_SEEN,
                                TIMESTAMP_MS,
                                0));
        assertEquals(ReasonCode.COLD_START, stranger.reason());
        assertEquals(ReasonCode.COLD_START, newcomer.reason());
        assertEquals(new HashSet<>(stranger.itemIds()), new HashSet<>(newcomer.itemIds()));
        // The low ordinals are the popular ones.
        assertTrue(newcomer.itemIds().contains(TinyBundle.itemId(tiny.watched(0)[0])));
    }

    @Test
    void shouldAnswerTheSmallestAnglesWhenAskedForSimilar() throws IOException {
        for (int ordinal = ITEMS - 1; ordinal > ITEMS - 60; ordinal -= 3) {
            float[] vector = vector(ordinal);
            int own = ordinal;
            // One more is asked for, to replace the item itself.
            List<Long> expected =
                    best(vector, CANDIDATES + 1).stream()
                            .filter(other -> other != own)
                            .sorted(Comparator.comparingDouble(other -> -cosine(own, other)))
                            .limit(10)
                            .map(TinyBundle::itemId)
                            .toList();
            Result result = client.ask(Frames.similar(1, TinyBundle.itemId(ordinal), 10, false));
            assertEquals(expected, result.itemIds(), "ordinal=" + ordinal);
            assertEquals(SourceCode.RETRIEVED, result.items().get(0).source());
            int nearest = (int) ((expected.get(0) - TinyBundle.itemId(0)) / 7);
            assertEquals(cosine(own, nearest), result.items().get(0).score(), 1e-5);
        }
    }

    @Test
    void shouldAnswerNothingSimilarWhenTheItemHasNoFactors() throws IOException {
        long itemId = TinyBundle.itemId(tiny.watched(0)[0]);
        for (boolean hasRules : new boolean[] {false, true}) {
            Result result = client.ask(Frames.similar(1, itemId, 10, hasRules));
            assertEquals(Status.OK, result.status());
            assertEquals(ReasonCode.FEWER_THAN_K, result.reason());
            assertTrue(result.items().isEmpty());
        }
    }

    private float[] embed(int row) {
        FoldIn foldIn = factors.newFoldIn(tiny.schema());
        float[] vector = new float[TinyBundle.FACTORS];
        foldIn.embedInto(users.segment(), users.offset(row), vector);
        return vector;
    }

    private float[] vector(int ordinal) {
        float[] vector = new float[TinyBundle.FACTORS];
        factors.vectorInto(ordinal, vector);
        return vector;
    }

    private List<Integer> best(float[] query, int count) {
        double[] products = new double[ITEMS];
        for (int ordinal = 0; ordinal < ITEMS; ordinal++) {
            products[ordinal] = product(query, ordinal);
        }
        return IntStream.range(0, ITEMS)
                .boxed()
                .sorted(Comparator.comparingDouble(ordinal -> -products[ordinal]))
                .limit(count)
                .toList();
    }

    private double product(float[] query, int ordinal) {
        float[] vector = vector(ordinal);
        double sum = 0;
        for (int i = 0; i < query.length; i++) {
            sum += (double) query[i] * vector[i];
        }
        return sum;
    }

    private double cosine(int one, int other) {
        double squares = product(vector(one), one) * product(vector(other), other);
        return squares == 0 ? 0 : product(vector(one), other) / Math.sqrt(squares);
    }
}
