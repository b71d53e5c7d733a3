package io.millrace.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.bundle.BundleManifest;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.InfoResponseDecoder;
import io.millrace.core.wire.codec.ReasonCode;
import io.millrace.core.wire.codec.SourceCode;
import io.millrace.index.GraphLayout;
import io.millrace.server.WireClient.Item;
import io.millrace.server.WireClient.Result;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.request.Stage;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The whole funnel of a real bundle, asked over a socket. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BundleServingTest {
    static final int ITEMS = 600;
    private static final int USERS = 60;

    private final TinyBundle tiny = new TinyBundle(ITEMS, USERS, layout());
    private Path folder = Path.of("");
    private MillraceServer server;
    private WireClient client;
    private PlainFunnel oracle;

    /** What the graph of the bundle is like. */
    GraphLayout layout() {
        return GraphLayout.F32;
    }

    @BeforeAll
    void startServer(@TempDir Path temporary) throws IOException {
        folder = temporary;
        tiny.write(folder.resolve("bundle"));
        oracle = new PlainFunnel(tiny, folder.resolve("bundle"));
        server = MillraceServer.start(config());
    }

    /** How many are retrieved: as many as the layout surely finds exactly. */
    int candidates() {
        return 200;
    }

    private ServerConfig config() {
        return TestServers.config()
                .with("bundle", folder.resolve("bundle").toString())
                .with("network.adminPort", 0)
                .with("funnel.candidates", candidates())
                .with("funnel.warmUpRequests", 0);
    }

    @AfterAll
    void stopServer() {
        server.close();
        oracle.close();
    }

    @BeforeEach
    void connect() throws IOException {
        client = new WireClient(server.port());
    }

    @AfterEach
    void disconnect() throws IOException {
        client.close();
    }

    @Test
    void shouldAnswerTenNewItemsWhenUserIsKnown() throws IOException {
        for (int row = 0; row < USERS; row++) {
            Result result = client.ask(Frames.recommend(row, TinyBundle.userId(row), 10));
            assertEquals(Status.OK, result.status());
            assertEquals(ReasonCode.NONE, result.reason());
            assertEquals(10, new HashSet<>(result.itemIds()).size());
            assertEquals(candidates(), result.retrieved());
            assertTrue(result.ranked() <= candidates());
            assertTrue(result.ranked() > 3 * candidates() / 4);
            Set<Long> seen = new HashSet<>();
            for (int ordinal : tiny.watched(row)) {
                seen.add(TinyBundle.itemId(ordinal));
            }
            Map<Integer, Integer> ofCreator = new HashMap<>();
            for (Item item : result.items()) {
                assertFalse(seen.contains(item.itemId()));
                assertEquals(SourceCode.RANKED, item.source());
                assertTrue(item.score() > 0 && item.score() < 1);
                int creator = tiny.creator(ordinal(item.itemId()));
                assertTrue(ofCreator.merge(creator, 1, Integer::sum) <= 2);
            }
        }
    }

    @Test
    void shouldAnswerAllThereIsWhenMoreIsAskedThanTheCatalogueHolds(@TempDir Path small)
            throws IOException {
        int items = 60;
        TinyBundle few = new TinyBundle(items, 5, layout());
        few.write(small.resolve("bundle"));
        ServerConfig config = config().with("bundle", small.resolve("bundle").toString());
        try (MillraceServer other = MillraceServer.start(config);
                WireClient asking = new WireClient(other.port())) {
            int k = 100;
            Result found = asking.ask(Frames.search(1, -1, k, false, oracle.vector(3)));
            assertEquals(items, new HashSet<>(found.itemIds()).size());
            Result alike = asking.ask(Frames.similar(2, TinyBundle.itemId(7), k, false));
            assertEquals(items - 1, new HashSet<>(alike.itemIds()).size());
            Result ten = asking.ask(Frames.recommend(3, TinyBundle.userId(2), k));
            assertEquals(Status.OK, ten.status());
            assertEquals(items, ten.retrieved());
            // What was seen and what the rules leave out is not filled up again.
            Set<Long> answered = new HashSet<>(ten.itemIds());
            assertTrue(answered.size() >= 10 && answered.size() == ten.items().size());
            for (int ordinal : few.watched(2)) {
                assertFalse(answered.contains(TinyBundle.itemId(ordinal)));
            }
        }
    }

    @Test
    void shouldAnswerTheSameWhenAskedAgain() throws IOException {
        byte[] frame = Frames.recommend(1, TinyBundle.userId(4), 10, 0, 1_700_000_000_000L, 0);
        Result first = client.ask(frame);
        client.ask(Frames.recommend(1, TinyBundle.userId(5), 10));
        assertEquals(first.items(), client.ask(frame).items());
    }

    @Test
    void shouldAgreeWithPlainComputationWhenRulesAreSkipped() throws IOException {
        long timestampMs = 1_700_000_000_000L;
        for (int row = 0; row < USERS; row += 7) {
            long userId = TinyBundle.userId(row);
            Result result = client.ask(Frames.recommend(1, userId, 10, 3, timestampMs, 0));
            List<Item> expected = oracle.recommend(row, timestampMs, candidates(), 10);
            assertEquals(
                    expected.stream().map(Item::itemId).toList(), result.itemIds(), "row=" + row);
            for (int i = 0; i < 10; i++) {
                assertEquals(expected.get(i).score(), result.items().get(i).score(), 1e-6f);
            }
        }
    }

    @Test
    void shouldLeaveOutItemsWhenTheyAreExcluded() throws IOException {
        long userId = TinyBundle.userId(3);
        List<Long> excluded = new ArrayList<>(List.of(-1L, Long.MAX_VALUE));
        for (int round = 0; round < 10; round++) {
            long[] ids = excluded.stream().mapToLong(Long::longValue).toArray();
            Result result = client.ask(Frames.recommend(1, userId, 20, ids));
            assertEquals(20, result.items().size());
            for (long itemId : result.itemIds()) {
                assertFalse(excluded.contains(itemId));
            }
            excluded.addAll(result.itemIds());
        }
    }

    @Test
    void shouldTakeContextIntoAccountWhenGiven() throws IOException {
        long userId = TinyBundle.userId(3);
        byte[] plain = Frames.recommend(1, userId, 10);
        List<Float> none = scores(client.ask(plain));
        // Field 0 is the hour, field 1 the tab, whose serving default is 0.
        assertEquals(none, scores(client.ask(Frames.recommendWithContext(1, userId, 10, 1, 0))));
        assertNotEquals(none, scores(client.ask(Frames.recommendWithContext(1, userId, 10, 1, 3))));
        Result unseen = client.ask(Frames.recommendWithContext(1, userId, 10, 1, 1_000));
        assertEquals(10, unseen.items().size());
    }

    private static List<Float> scores(Result result) {
        return result.items().stream().map(Item::score).toList();
    }

    @Test
    void shouldAnswerPopularItemsWhenUserIsUnknown() throws IOException {
        for (long userId : new long[] {-1, 0, Long.MIN_VALUE, 501}) {
            Result result = client.ask(Frames.recommend(1, userId, 10));
            assertEquals(Status.OK, result.status());
            assertEquals(ReasonCode.COLD_START, result.reason());
            assertEquals(10, new HashSet<>(result.itemIds()).size());
            Map<Integer, Integer> watches = new HashMap<>();
            for (int row = 0; row < USERS; row++) {
                for (int ordinal : tiny.watched(row)) {
                    watches.merge(ordinal, 1, Integer::sum);
                }
            }
            for (long itemId : result.itemIds()) {
                int own = watches.getOrDefault(ordinal(itemId), 0);
                long before = watches.values().stream().filter(count -> count > own).count();
                assertTrue(before < candidates(), itemId + " comes behind " + before);
            }
        }
    }

    @Test
    void shouldAnswerNearestWhenAskedForSimilar() throws IOException {
        for (int ordinal = 0; ordinal < ITEMS; ordinal += 50) {
            Result result = client.ask(Frames.similar(1, TinyBundle.itemId(ordinal), 10, false));
            assertEquals(Status.OK, result.status());
            List<Long> expected = oracle.similar(ordinal, 10);
            assertEquals(expected, result.itemIds());
            assertEquals(SourceCode.RETRIEVED, result.items().get(0).source());
            assertTrue(
                    result.items().stream()
                            .map(Item::score)
                            .sorted(Comparator.reverseOrder())
                            .toList()
                            .equals(scores(result)));
            long nearest = expected.get(0);
            Result without =
                    client.ask(Frames.similar(1, TinyBundle.itemId(ordinal), 9, false, nearest));
            assertEquals(expected.subList(1, 10), without.itemIds());
        }
    }

    @Test
    void shouldCapCreatorsWhenSimilarIsAskedWithRules() throws IOException {
        Result result = client.ask(Frames.similar(1, TinyBundle.itemId(7), 10, true));
        assertEquals(10, result.items().size());
        Map<Integer, Integer> ofCreator = new HashMap<>();
        for (long itemId : result.itemIds()) {
            assertNotEquals(TinyBundle.itemId(7), itemId);
            assertTrue(ofCreator.merge(tiny.creator(ordinal(itemId)), 1, Integer::sum) <= 2);
        }
    }

    @Test
    void shouldSayUnknownItemWhenThereIsNone() throws IOException {
        Result result = client.ask(Frames.similar(8, 9_999_999, 10, false));
        assertEquals(Status.UNKNOWN_ITEM, result.status());
        assertEquals("no such item: item=9999999", result.message());
        assertTrue(result.items().isEmpty());
    }

    @Test
    void shouldFindTheItemItselfWhenItsVectorIsSearched() throws IOException {
        float[] vector = oracle.vector(42);
        Result result = client.ask(Frames.search(1, -1, 5, false, vector));
        assertEquals(TinyBundle.itemId(42), result.itemIds().get(0));
        assertEquals(1.0f, result.items().get(0).score(), 1e-4f);
        assertEquals(0, result.ranked());
        // Length does not matter, direction does.
        for (int i = 0; i < vector.length; i++) {
            vector[i] *= 100;
        }
        assertEquals(
                result.itemIds(), client.ask(Frames.search(1, -1, 5, false, vector)).itemIds());
    }

    @Test
    void shouldRefuseTheSearchWhenItsVectorHasNoDirection() throws IOException {
        float[] vector = new float[TinyBundle.DIMENSION];
        Result zero = client.ask(Frames.search(1, -1, 5, false, vector));
        assertEquals(Status.BAD_REQUEST, zero.status());
        vector[0] = 1e30f;
        Result large = client.ask(Frames.search(1, -1, 5, true, vector));
        assertEquals(Status.BAD_REQUEST, large.status());
        assertTrue(large.message().startsWith("vector is zero, or"), large.message());
        vector[0] = 1;
        assertEquals(5, client.ask(Frames.search(1, -1, 5, false, vector)).items().size());
    }

    @Test
    void shouldOrderByProbabilityWhenSearchIsRanked() throws IOException {
        float[] vector = oracle.vector(42);
        Result known = client.ask(Frames.search(1, TinyBundle.userId(1), 10, true, vector));
        assertEquals(ReasonCode.NONE, known.reason());
        assertEquals(candidates(), known.ranked());
        assertEquals(SourceCode.RANKED, known.items().get(0).source());
        List<Float> scores = scores(known);
        assertEquals(scores.stream().sorted(Comparator.reverseOrder()).toList(), scores);
        Result unknown = client.ask(Frames.search(1, -1, 10, true, vector));
        assertEquals(ReasonCode.COLD_START, unknown.reason());
        assertEquals(10, unknown.items().size());
    }

    @Test
    void shouldRefuseVectorWhenItIsOfAnotherDimension() throws IOException {
        assertEquals(
                Status.BAD_REQUEST,
                client.ask(Frames.search(1, -1, 5, false, new float[63])).status());
        float[] vector = oracle.vector(42);
        vector[3] = Float.NaN;
        assertEquals(
                Status.BAD_REQUEST, client.ask(Frames.search(1, -1, 5, false, vector)).status());
    }

    @Test
    void shouldTellBundleWhenAskedForInfo() throws IOException {
        BundleManifest manifest = BundleManifest.read(folder.resolve("bundle"));
        InfoResponseDecoder info = client.info(1_000);
        assertEquals(manifest.fingerprintBits(), info.fingerprint());
        assertEquals(ITEMS, info.items());
        assertEquals(USERS, info.users());
        assertEquals(TinyBundle.DIMENSION, info.dimension());
        InfoResponseDecoder.SampleUsersDecoder users = info.sampleUsers();
        assertEquals(USERS, users.count());
        for (int row = 0; row < USERS; row++) {
            assertEquals(TinyBundle.userId(row), users.next().id());
        }
        InfoResponseDecoder.SampleItemsDecoder items = info.sampleItems();
        assertEquals(ITEMS, items.count());
        while (items.hasNext()) {
            items.next();
        }
        InfoResponseDecoder.ContextFieldsDecoder fields = info.contextFields();
        assertEquals(2, fields.count());
        assertEquals(0, fields.next().codes());
        assertEquals("hour", fields.name());
        assertEquals(4, fields.next().codes());
        assertEquals("tab", fields.name());
    }

    @Test
    void shouldTimeEveryStageWhenRecommending() throws IOException {
        client.ask(Frames.recommend(1, TinyBundle.userId(1), 10));
        for (Stage stage : EnumSet.complementOf(EnumSet.of(Stage.JOURNAL))) {
            assertTrue(server.statistics().stage(stage).getTotalCount() > 0, stage.label());
        }
    }

    private static int ordinal(long itemId) {
        return (int) ((itemId - 10_000) / 7);
    }
}
