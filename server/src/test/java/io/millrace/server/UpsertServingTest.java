package io.millrace.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.random.SplitRandom;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.EventCode;
import io.millrace.core.wire.codec.ScopeCode;
import io.millrace.ranker.rerank.RerankRules;
import io.millrace.server.Frames.Column;
import io.millrace.server.Frames.Event;
import io.millrace.server.PlainCatalogue.Features;
import io.millrace.server.WireClient.Item;
import io.millrace.server.WireClient.Result;
import io.millrace.server.config.ServerConfig;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Items that come, and come anew, while the catalogue is served, over a socket: looked at one by
 * one, or brought into a graph at once.
 */
@Timeout(120)
@ParameterizedClass(name = "scannedUpserted={0}")
@ValueSource(ints = {4_096, 0})
class UpsertServingTest {
    private static final int ITEMS = 300;
    private static final int USERS = 20;
    private static final int K = 10;
    private static final int CANDIDATES = 100;
    private static final int KEEP_SEEN_WITHOUT_RULES = 3;
    private static final long NOW_MS = 1_700_000_000_000L;
    private static final long NOBODY = -1;
    private static final long NEWCOMER = 7_777_777;
    private static final long NEW = 4_000_000;
    private static final long PAUSE_NS = 5_000_000;
    private static final float[] NO_VECTOR = {};

    @Parameter int scannedUpserted;
    @TempDir Path folder;
    private final TinyBundle tiny = new TinyBundle(ITEMS, USERS);
    private final SplitRandom random = new SplitRandom(11);
    private Path bundle;
    private RestartedServer server;
    private PlainCatalogue oracle;

    @BeforeEach
    void startServer() throws IOException {
        bundle = tiny.write(folder.resolve("bundle"));
        server = new RestartedServer(bundle, scannedUpserted);
        oracle = new PlainCatalogue(tiny, bundle);
    }

    @AfterEach
    void stopServer() throws IOException {
        oracle.close();
        server.close();
    }

    private static void assertTaken(Result result) {
        assertEquals(Status.OK, result.status(), result.message());
        assertEquals(List.of(), result.items());
    }

    private Features someFeatures() {
        return new Features(
                2 + random.nextInt(TinyBundle.CREATORS),
                random.nextInt(3) == 0 ? Double.NaN : random.nextInt(12) - 3,
                2 + random.nextInt(5),
                7 + random.nextInt(5));
    }

    private float[] someVector() {
        float[] vector = new float[TinyBundle.DIMENSION];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        return vector;
    }

    private void upsert(long itemId, Features features) throws IOException {
        assertTaken(server.ask(Frames.upsert(9, itemId, NO_VECTOR, features.columns())));
        oracle.upsert(itemId, features);
    }

    private void upsert(long itemId, Features features, float[] vector) throws IOException {
        assertTaken(server.ask(Frames.upsert(9, itemId, vector, features.columns())));
        oracle.upsert(itemId, features, vector);
    }

    private void delete(long itemId) throws IOException {
        assertTaken(server.ask(Frames.delete(9, itemId)));
        oracle.delete(itemId);
    }

    private Result askAnother(byte[] frame) throws IOException {
        try (WireClient other = server.connect()) {
            Result result = other.ask(frame);
            assertEquals(Status.OK, result.status(), result.message());
            return result;
        }
    }

    /** All that finds items gives what a plain catalogue gives that has the same. */
    private void assertServedAsByOracle(String when) throws IOException {
        for (int round = 0; round < 6; round++) {
            float[] query = round < 3 ? someVector() : oracle.vector(TinyBundle.itemId(40 + round));
            Result found = askAnother(Frames.search(1, NOBODY, K, false, query));
            assertEquals(oracle.nearest(query, K), found.itemIds(), when);
        }
        for (int row = 0; row < 4; row++) {
            TinyUser user = new TinyUser(tiny, row);
            byte[] frame =
                    Frames.recommend(
                            1, TinyBundle.userId(row), K, KEEP_SEEN_WITHOUT_RULES, NOW_MS, 0);
            List<Item> expected = oracle.recommend(user, NOW_MS, CANDIDATES, K);
            List<Item> found = askAnother(frame).items();
            assertEquals(
                    expected.stream().map(Item::itemId).toList(),
                    found.stream().map(Item::itemId).toList(),
                    when + ", user " + row);
            for (int i = 0; i < K; i++) {
                assertEquals(expected.get(i).score(), found.get(i).score(), 1e-5f, when);
            }
        }
    }

    private void assertRankedAsByOracle(long itemId) throws IOException {
        Result ranked = askAnother(Frames.rank(1, NOBODY, 0, false, NOW_MS, List.of(), itemId));
        assertEquals(List.of(itemId), ranked.itemIds());
        float expected = oracle.probability(NOW_MS, itemId);
        assertEquals(expected, ranked.items().getFirst().score(), 1e-5f);
    }

    private void assertSimilarAsByOracle(long itemId) throws IOException {
        Result similar = askAnother(Frames.similar(1, itemId, K, false));
        assertEquals(oracle.similar(itemId, K), similar.itemIds());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldServeNewItemsAsIfTheBundleHadThem(boolean hasHalves) throws IOException {
        if (!hasHalves) {
            tiny.drop(bundle, BundleLayout.ITEM_HALVES);
            server.restart(server.config());
        }
        for (int i = 0; i < 60; i++) {
            upsert(NEW + i, someFeatures());
            if (i % 20 == 0) {
                assertServedAsByOracle("after " + i);
            }
        }
        assertServedAsByOracle("after all");
        for (int i = 0; i < 60; i += 7) {
            assertRankedAsByOracle(NEW + i);
            assertSimilarAsByOracle(NEW + i);
        }
        assertSimilarAsByOracle(TinyBundle.itemId(5));
    }

    /** Most of them were found by the graph before; now none is found where it was. */
    @Test
    void shouldMoveKnownItemsWhenTheyComeAnew() throws IOException {
        for (int i = 0; i < 120; i++) {
            upsert(TinyBundle.itemId(i * 2), someFeatures());
        }
        assertServedAsByOracle("all moved");
        assertRankedAsByOracle(TinyBundle.itemId(4));
        assertSimilarAsByOracle(TinyBundle.itemId(4));
        assertSimilarAsByOracle(TinyBundle.itemId(5));
        for (int i = 0; i < 30; i++) {
            upsert(TinyBundle.itemId(i * 2), someFeatures());
        }
        assertServedAsByOracle("some moved again");
    }

    @Test
    void shouldFindAnItemByTheVectorThatCameWithIt() throws IOException {
        float[] vector = someVector();
        upsert(NEW, someFeatures(), vector);
        upsert(TinyBundle.itemId(7), someFeatures(), someVector());
        Result found = askAnother(Frames.search(1, NOBODY, 1, false, vector));
        assertEquals(List.of(NEW), found.itemIds());
        assertEquals(1, found.items().getFirst().score(), 1e-6f);
        assertServedAsByOracle("with vectors");
        // An update leaves a vector that came with the item, and any other follows.
        assertTaken(server.ask(Frames.update(1, ScopeCode.ITEM, NEW, Column.of("duration", 90))));
        found = askAnother(Frames.search(1, NOBODY, 1, false, vector));
        assertEquals(List.of(NEW), found.itemIds());
        upsert(NEW, someFeatures());
        assertServedAsByOracle("without");
    }

    @Test
    void shouldMoveAnItemWhenItsFeaturesChangeAfterIt() throws IOException {
        upsert(NEW, new Features(5, 1, 3));
        Features changed = new Features(30, 9, 4, 8);
        byte[] update = Frames.update(1, ScopeCode.ITEM, NEW, changed.columns());
        assertTaken(server.ask(update));
        oracle.upsert(NEW, changed);
        assertServedAsByOracle("updated");
        assertRankedAsByOracle(NEW);
        assertSimilarAsByOracle(NEW);
    }

    @Test
    void shouldForgetWhatAnUpsertLeavesOut() throws IOException {
        long itemId = TinyBundle.itemId(8);
        upsert(itemId, new Features(-1, 4));
        assertRankedAsByOracle(itemId);
        upsert(NEW, someFeatures());
        upsert(NEW, new Features(-1, Double.NaN));
        assertRankedAsByOracle(NEW);
        assertServedAsByOracle("with less");
    }

    @Test
    void shouldBringItemsBackWhenTheyWereDeleted() throws IOException {
        restartWithAdminPages();
        long known = TinyBundle.itemId(12);
        for (int round = 0; round < 3; round++) {
            for (long itemId : new long[] {known, NEW}) {
                upsert(itemId, someFeatures());
                assertServedAsByOracle("there " + round);
                delete(itemId);
                assertServedAsByOracle("gone " + round);
                Result gone = server.ask(Frames.similar(1, itemId, K, false));
                assertEquals(Status.UNKNOWN_ITEM, gone.status());
                Result twice = server.ask(Frames.delete(1, itemId));
                assertEquals(Status.UNKNOWN_ITEM, twice.status());
            }
        }
        assertMetric("millrace_deleted_items 1.0");
        assertMetric("millrace_new_items 0.0");
        assertMetric("millrace_upserted_items 2.0");
        assertMetric("millrace_upserted_items_limit 131072.0");
        upsert(known, someFeatures());
        upsert(NEW, someFeatures());
        assertMetric("millrace_deleted_items 0.0");
        assertMetric("millrace_new_items 1.0");
    }

    /** None is missing while they come into the graph, nor when all have. */
    @Test
    void shouldHaveAGraphOfThoseThatAreTooManyToLookAt() throws IOException {
        restartWithAdminPages();
        for (int i = 0; i < 200; i++) {
            upsert(NEW + i, someFeatures(), someVector());
        }
        delete(NEW + 20);
        assertServedAsByOracle("while they come");
        for (int start = 0; start < 2; start++) {
            int inGraph = scannedUpserted == 0 ? 199 : 0;
            int scanned = scannedUpserted == 0 ? 0 : 200;
            awaitMetric("millrace_upserted_items_in_graph " + inGraph + ".0");
            awaitMetric("millrace_upserted_items_scanned " + scanned + ".0");
            assertServedAsByOracle("start " + start);
            restartWithAdminPages();
        }
    }

    private void awaitMetric(String line) throws IOException {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (page("/metrics").lines().noneMatch(line::equals)) {
            assertTrue(System.nanoTime() - endNs < 0, line);
            LockSupport.parkNanos(PAUSE_NS);
        }
    }

    private void restartWithAdminPages() throws IOException {
        server.restart(server.config().with("network.adminPort", 0));
    }

    private String page(String path) throws IOException {
        int port = server.server().adminPort();
        try (InputStream in = URI.create("http://127.0.0.1:" + port + path).toURL().openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private void assertMetric(String line) throws IOException {
        assertTrue(page("/metrics").lines().anyMatch(line::equals), line);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldServeTheSameWhenItWasStartedAgain(boolean hasStores) throws IOException {
        for (int i = 0; i < 20; i++) {
            upsert(NEW + i, someFeatures());
            upsert(TinyBundle.itemId(3 * i), someFeatures());
        }
        upsert(NEW + 3, someFeatures(), someVector());
        upsert(TinyBundle.itemId(3), someFeatures(), someVector());
        delete(NEW + 5);
        delete(TinyBundle.itemId(6));
        Features changed = new Features(30, 9, 4, 8);
        for (long itemId : new long[] {NEW + 7, TinyBundle.itemId(9)}) {
            assertTaken(server.ask(Frames.update(1, ScopeCode.ITEM, itemId, changed.columns())));
            oracle.upsert(itemId, changed);
        }
        assertServedAsByOracle("before");
        for (int start = 0; start < 2; start++) {
            server.restart(hasStores);
            assertServedAsByOracle("start " + start);
            assertRankedAsByOracle(NEW + 7);
            assertRankedAsByOracle(TinyBundle.itemId(9));
            assertEquals(
                    Status.UNKNOWN_ITEM, server.ask(Frames.similar(1, NEW + 5, K, false)).status());
            upsert(NEW + 100 + start, someFeatures());
            assertServedAsByOracle("one more");
        }
    }

    @Test
    void shouldNotShowWhatAUserHasSeen() throws IOException {
        restartWithAdminPages();
        long user = TinyBundle.userId(3);
        byte[] ask = Frames.recommend(1, user, 100);
        for (int i = 0; i < 60; i++) {
            upsert(NEW + i, someFeatures());
        }
        List<Long> shown = askAnother(ask).itemIds().stream().filter(id -> id >= NEW).toList();
        assertTrue(shown.size() >= 3, shown.toString());
        long seen = shown.get(0);
        Event watch = Event.of(EventCode.WATCH, seen);
        Event click = Event.of(EventCode.CLICK, shown.get(1));
        assertEquals(Status.OK, server.ask(Frames.feedback(1, user, 0, watch, click)).status());
        for (int start = 0; start < 2; start++) {
            List<Long> after = askAnother(ask).itemIds();
            assertFalse(after.contains(seen), "start " + start);
            assertTrue(after.contains(shown.get(1)), "a click is no watch");
            byte[] other = Frames.recommend(1, TinyBundle.userId(4), 100);
            assertTrue(askAnother(other).itemIds().stream().anyMatch(id -> id >= NEW), "others do");
            byte[] withSeen = Frames.recommend(1, user, 100, 1, 0, 0);
            assertTrue(askAnother(withSeen).itemIds().contains(seen), "who asks for all");
            server.restart(true);
        }
        assertFalse(
                askAnother(Frames.recommend(1, user, 100, shown.get(2)))
                        .itemIds()
                        .contains(shown.get(2)));
        byte[] told = Frames.recommendWithHistory(1, user, 0, 0, shown.get(2));
        assertFalse(askAnother(told).itemIds().contains(shown.get(2)));
    }

    /** Twins are told by their vectors, and creators by their rows. */
    @Test
    void shouldApplyTheRulesToNewItems() throws IOException {
        float[] vector = someVector();
        for (int i = 0; i < 6; i++) {
            upsert(NEW + i, new Features(2 + i, 1, 3), vector);
        }
        long like = TinyBundle.itemId(4);
        upsert(like, new Features(20, 1, 3), vector);
        Result alike = askAnother(Frames.similar(1, like, K, true));
        assertEquals(NEW, alike.itemIds().getFirst());
        assertEquals(1, alike.itemIds().stream().filter(id -> id >= NEW).count());
        assertEquals(
                6,
                askAnother(Frames.similar(1, like, K, false)).itemIds().stream()
                        .filter(id -> id >= NEW)
                        .count());
        for (int i = 10; i < 20; i++) {
            float[] near = vector.clone();
            near[i] += 3;
            upsert(NEW + i, new Features(33, 1, 3), near);
        }
        long ofOne =
                askAnother(Frames.similar(1, like, K, true)).itemIds().stream()
                        .filter(id -> id >= NEW + 10)
                        .count();
        int cap = RerankRules.defaults(tiny.schema()).creatorCap();
        assertEquals(cap, ofOne);
    }

    @Test
    void shouldSayWhatIsWrongWhenAnUpsertMakesNoSense() throws IOException {
        assertRefused("an upsert of nothing; send columns or a vector", NO_VECTOR);
        assertRefused("no such field: field=age", NO_VECTOR, Column.of("age", 1));
        assertRefused(
                "number is no id of the field: field=creator",
                NO_VECTOR,
                Column.of("duration", 1),
                Column.of("creator", 42));
        assertRefused("wrong vector length: bytes=12, limit=192", new float[3]);
        float[] vector = someVector();
        vector[4] = Float.NaN;
        assertRefused("vector holds a float that is not finite", vector);
        assertRefused("vector is zero", new float[TinyBundle.DIMENSION]);
        assertServedAsByOracle("nothing done");
    }

    private void assertRefused(String message, float[] vector, Column... columns)
            throws IOException {
        Result result = server.ask(Frames.upsert(1, NEW, vector, columns));
        assertEquals(Status.BAD_REQUEST, result.status(), result.message());
        assertTrue(result.message().startsWith(message), result.message());
    }

    @Test
    void shouldTakeNoMoreThanFit() throws IOException {
        server.restart(server.config().with("changes.maxUpserted", 3));
        for (int i = 0; i < 3; i++) {
            upsert(NEW + i, someFeatures());
        }
        byte[] more = Frames.upsert(1, NEW + 3, NO_VECTOR, someFeatures().columns());
        Result refused = server.ask(more);
        assertEquals(Status.OVERLOADED, refused.status());
        assertEquals(
                "no room for another upserted item: limit=3; raise changes.maxUpserted, or serve"
                        + " a bundle that has them",
                refused.message());
        upsert(NEW + 1, someFeatures());
        assertServedAsByOracle("full");
        server.restart(server.config().with("changes.maxUpserted", 4));
        upsert(NEW + 3, someFeatures());
        assertServedAsByOracle("one more");
    }

    /** Those that are on their way have their places already. */
    @Test
    void shouldTakeNoMoreThanFitWhenManyComeAtOnce() throws IOException {
        ServerConfig narrow = server.config().with("changes.maxUpserted", 10);
        server.restart(narrow);
        byte[][] upserts = new byte[60][];
        for (int i = 0; i < upserts.length; i++) {
            // Each item twice, one behind the other.
            upserts[i] = Frames.upsert(i, NEW + i / 2, someVector(), Column.of("creator", 5));
        }
        server.client().send(Frames.join(upserts));
        int taken = 0;
        for (int i = 0; i < upserts.length; i++) {
            Result result = server.client().result();
            boolean isTaken = result.status() == Status.OK;
            assertTrue(isTaken || result.status() == Status.OVERLOADED, result.message());
            taken += isTaken ? 1 : 0;
        }
        assertTrue(taken >= 10 && taken <= 20, "taken=" + taken);
        server.restart(narrow);
        int there = 0;
        for (int item = 0; item < upserts.length / 2; item++) {
            Result similar = server.ask(Frames.similar(1, NEW + item, K, false));
            there += similar.status() == Status.OK ? 1 : 0;
        }
        assertEquals(10, there);
    }

    /** Of those that were taken none is left out in silence. */
    @Test
    void shouldNotStartWhenTheJournalHasMoreThanFit() throws IOException {
        for (int i = 0; i < 30; i++) {
            upsert(NEW + i, someFeatures());
        }
        ServerConfig config =
                server.config().with("changes.maxUpserted", 1).with("limits.inFlight", 16);
        server.close();
        MillraceException e =
                assertThrows(MillraceException.class, () -> MillraceServer.start(config));
        assertEquals(ErrorCode.LIMIT, e.code());
        assertEquals(
                "more upserted items in the journal than are taken: limit=1; raise"
                        + " changes.maxUpserted",
                e.getMessage());
        server.restart(true);
        assertServedAsByOracle("all there");
    }

    @Test
    void shouldTakeNoneWhenChangesAreOff() throws IOException {
        server.restart(server.config().with("changes.enabled", false));
        Result result = server.ask(Frames.upsert(1, NEW, NO_VECTOR, someFeatures().columns()));
        assertEquals(Status.BAD_REQUEST, result.status());
        assertTrue(result.message().contains("changes.enabled=false"), result.message());
        assertNotEquals(0, askAnother(Frames.recommend(1, NEWCOMER, K)).items().size());
    }
}
