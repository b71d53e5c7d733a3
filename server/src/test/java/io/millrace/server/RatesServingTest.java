package io.millrace.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.random.SplitRandom;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.EventCode;
import io.millrace.core.wire.codec.SourceCode;
import io.millrace.ranker.feedback.EventKind;
import io.millrace.ranker.feedback.EventList;
import io.millrace.server.Frames.Column;
import io.millrace.server.Frames.Event;
import io.millrace.server.WireClient.Item;
import io.millrace.server.WireClient.Result;
import io.millrace.server.config.ServerConfig;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What happens to items, told over a socket, and how they are ranked then. */
@Timeout(120)
class RatesServingTest {
    private static final int ITEMS = 150;
    private static final int USERS = 20;
    private static final int CANDIDATES = 60;

    /** More than are retrieved. */
    private static final int NAMED = 90;

    private static final int KEEP_SEEN_WITHOUT_RULES = 3;
    private static final long NOW_MS = 1_700_000_600_000L;
    private static final long MINUTE_MS = 60_000;
    private static final int MOST_EVENTS = 30;

    /** Of nobody whose row feedback would change. */
    private static final long TELLER = 9_999_999;

    @TempDir Path folder;
    private final TinyBundle tiny = new TinyBundle(ITEMS, USERS).rated();
    private final SplitRandom random = new SplitRandom(15);
    private Path bundle;
    private MillraceServer server;
    private PlainFunnel oracle;

    @BeforeEach
    void startServer() throws IOException {
        bundle = tiny.write(folder.resolve("bundle"));
        oracle = new PlainFunnel(tiny, bundle);
        server = MillraceServer.start(config());
    }

    /** The half-life of the configuration is not that of the schema. */
    private ServerConfig config() {
        return TestServers.config()
                .with("bundle", bundle.toString())
                .with("threads.workers", 2)
                .with("limits.k", 10)
                .with("limits.candidates", NAMED)
                .with("funnel.candidates", CANDIDATES)
                .with("funnel.halfLifeMinutes", 7)
                .with("funnel.warmUpRequests", 0);
    }

    @AfterEach
    void stopServer() {
        server.close();
        oracle.close();
    }

    @Test
    void shouldRankByWhatWasCountedBeforeItStarted() throws IOException {
        assertHalves();
        for (int row = 0; row < USERS; row++) {
            assertRecommended(row, NOW_MS);
        }
        // Long after, all that was counted has faded.
        List<Item> faded = oracle.recommend(3, NOW_MS + 10_000 * MINUTE_MS, CANDIDATES, 10);
        assertNotEquals(faded, oracle.recommend(3, NOW_MS, CANDIDATES, 10));
        assertRecommended(3, NOW_MS + 10_000 * MINUTE_MS);
    }

    /** Of a ranker that takes rates, too. */
    private void assertHalves() {
        assertTrue(Files.exists(bundle.resolve(BundleLayout.LIGHT_HALVES)));
        assertTrue(Files.exists(bundle.resolve(BundleLayout.ITEM_HALVES)));
    }

    @Test
    void shouldRankByWhatIsToldAtOnce() throws IOException {
        for (int round = 0; round < 8; round++) {
            long momentMs = NOW_MS + 50 * MINUTE_MS * round;
            int row = round % USERS;
            List<Item> before = oracle.recommend(row, momentMs, CANDIDATES, 10);
            tell(momentMs);
            assertNotEquals(before, oracle.recommend(row, momentMs, CANDIDATES, 10));
            assertRecommended(row, momentMs);
        }
    }

    @Test
    void shouldGoOnWithWhatItWasToldWhenItStartsAgain() throws IOException {
        tell(NOW_MS);
        server.close();
        server = MillraceServer.start(config());
        assertRecommended(5, NOW_MS + MINUTE_MS);
    }

    @Test
    void shouldRankNamedCandidatesByWhatIsToldAtOnce() throws IOException {
        for (int round = 0; round < 8; round++) {
            long momentMs = NOW_MS + 50 * MINUTE_MS * round;
            List<Integer> named = someOrdinals();
            int row = round % USERS;
            List<Item> before = ranked(named, item -> oracle.probability(row, momentMs, item));
            tell(momentMs);
            List<Item> expected = ranked(named, item -> oracle.probability(row, momentMs, item));
            assertNotEquals(before, expected);
            assertNear(expected, rank(row, momentMs, List.of(), named));
        }
    }

    /** Whoever was ranked before on the same thread left rates behind. */
    @Test
    void shouldTakeNothingForCountedWhenCandidatesBringTheirFeatures() throws IOException {
        tell(NOW_MS);
        for (int row = 0; row < 8; row++) {
            int user = row;
            List<Integer> named = someOrdinals();
            List<Item> counted = ranked(named, item -> oracle.probability(user, NOW_MS, item));
            List<Item> uncounted =
                    ranked(named, item -> oracle.uncountedProbability(user, NOW_MS, item));
            assertNotEquals(counted, uncounted);
            assertNear(counted, rank(row, NOW_MS, List.of(), named));
            List<Column> columns = ItemColumns.of(tiny, bundle, named);
            assertEquals(uncounted, rank(row, NOW_MS, columns, named));
        }
    }

    private List<Integer> someOrdinals() {
        Set<Integer> ordinals = new LinkedHashSet<>();
        while (ordinals.size() < NAMED) {
            ordinals.add(random.nextInt(ITEMS));
        }
        return List.copyOf(ordinals);
    }

    private interface Probability {
        float of(int ordinal);
    }

    private static List<Item> ranked(List<Integer> ordinals, Probability probability) {
        return ordinals.stream()
                .map(
                        item ->
                                new Item(
                                        TinyBundle.itemId(item),
                                        probability.of(item),
                                        SourceCode.RANKED))
                .sorted(
                        Comparator.comparingDouble((Item item) -> -item.score())
                                .thenComparingLong(Item::itemId))
                .toList();
    }

    private List<Item> rank(int row, long momentMs, List<Column> columns, List<Integer> ordinals)
            throws IOException {
        long[] ids = ordinals.stream().mapToLong(TinyBundle::itemId).toArray();
        byte[] frame = Frames.rank(1, TinyBundle.userId(row), 0, false, momentMs, columns, ids);
        try (WireClient client = new WireClient(server.port())) {
            Result answer = client.ask(frame);
            assertEquals(Status.OK, answer.status(), answer.message());
            assertEquals(ordinals.size(), answer.ranked());
            return answer.items();
        }
    }

    /** Tells server and oracle the same of some items that may be candidates of anybody. */
    private void tell(long momentMs) throws IOException {
        Event[] events = new Event[MOST_EVENTS];
        EventList told = new EventList(MOST_EVENTS);
        for (int i = 0; i < MOST_EVENTS; i++) {
            int ordinal = random.nextInt(ITEMS);
            // A watch would change the row of the user who watched.
            boolean isClick = random.nextInt(2) == 0;
            events[i] =
                    Event.of(
                            isClick ? EventCode.CLICK : EventCode.IMPRESSION,
                            TinyBundle.itemId(ordinal));
            told.add(isClick ? EventKind.CLICK : EventKind.IMPRESSION, ordinal, Float.NaN);
        }
        try (WireClient client = new WireClient(server.port())) {
            Result answer = client.ask(Frames.feedback(1, TELLER, momentMs, events));
            assertEquals(Status.OK, answer.status(), answer.message());
        }
        oracle.tell(momentMs, told);
    }

    private void assertRecommended(int row, long momentMs) throws IOException {
        byte[] frame =
                Frames.recommend(
                        1, TinyBundle.userId(row), 10, KEEP_SEEN_WITHOUT_RULES, momentMs, 0);
        try (WireClient client = new WireClient(server.port())) {
            Result actual = client.ask(frame);
            assertNear(oracle.recommend(row, momentMs, CANDIDATES, 10), actual.items());
        }
    }

    /** Item halves give other last bits than whole inputs. */
    private static void assertNear(List<Item> expected, List<Item> actual) {
        assertEquals(
                expected.stream().map(Item::itemId).toList(),
                actual.stream().map(Item::itemId).toList());
        for (int i = 0; i < expected.size(); i++) {
            assertEquals(expected.get(i).score(), actual.get(i).score(), 1e-6f);
        }
    }
}
