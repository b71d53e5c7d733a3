package io.millrace.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.bundle.BundleManifest;
import io.millrace.core.json.Json;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.random.SplitRandom;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.EventCode;
import io.millrace.core.wire.codec.FateCode;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.feedback.CountingPlan;
import io.millrace.ranker.feedback.EventCounters;
import io.millrace.ranker.feedback.EventKind;
import io.millrace.ranker.feedback.EventList;
import io.millrace.ranker.store.FeatureStore;
import io.millrace.ranker.store.ItemRowMirror;
import io.millrace.server.Frames.Column;
import io.millrace.server.Frames.Event;
import io.millrace.server.WireClient.Result;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.state.StateFolders;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/** What users told one bundle, the next one knows, and nothing of it twice. */
@Timeout(300)
class FeedbackSwapTest {
    private static final int USERS = 40;
    private static final int FIRST_ITEMS = 500;
    private static final int SECOND_ITEMS = 300;
    private static final int CLIENTS = 3;
    private static final int K = 10;
    private static final long STRANGER = -17;
    private static final long HOUR_MS = 3_600_000;

    /** When the first of what a rated bundle begins with was counted. */
    private static final long COUNTED_MS = 1_700_000_000_000L;

    private static final List<String> HISTORIES = List.of("watched", "long_watched", "liked");

    @TempDir private Path folder;
    private final TinyBundle ofFirst = new TinyBundle(FIRST_ITEMS, USERS);
    private final TinyBundle ofSecond = new TinyBundle(SECOND_ITEMS, USERS);
    private final List<Told> told = new ArrayList<>();
    private Path first = Path.of("");
    private Path second = Path.of("");
    private MillraceServer server;
    private WireClient client;

    private record Told(long userId, List<Event> events) {}

    @BeforeEach
    void serve() throws IOException {
        first = ofFirst.write(folder.resolve("first"));
        second = ofSecond.write(folder.resolve("second"));
        start(first);
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        server.close();
    }

    private void start(Path bundle) throws IOException {
        server = MillraceServer.start(config(bundle));
        client = new WireClient(server.port());
    }

    private ServerConfig config(Path bundle) {
        return TestServers.config()
                .with("bundle", bundle.toString())
                .with("state", folder.resolve("state").toString())
                .with("snapshots", folder.resolve("snapshots").toString())
                .with("network.adminPort", 0)
                .with("threads.workers", 2)
                // Else counts fade while the test goes on.
                .with("funnel.halfLifeMinutes", 5_256_000)
                .with("funnel.warmUpRequests", 0);
    }

    private void restart(Path bundle) throws IOException {
        stop();
        start(bundle);
    }

    /** Some of the items only the first bundle has; some users nobody knows. */
    private void tell(SplitRandom random, int frames, int items) throws IOException {
        for (int i = 0; i < frames; i++) {
            int row = random.nextInt(USERS + 5);
            long userId = row < USERS ? TinyBundle.userId(row) : STRANGER - row;
            List<Event> events = new ArrayList<>();
            for (int n = random.nextInt(4); n >= 0; n--) {
                EventCode kind = EventCode.get((short) random.nextInt(5));
                events.add(Event.of(kind, TinyBundle.itemId(random.nextInt(items))));
            }
            Result result = client.ask(Frames.feedback(1, userId, 0, events.toArray(Event[]::new)));
            assertEquals(Status.OK, result.status(), result.message());
            told.add(new Told(userId, events));
        }
    }

    /** Histories by user and name, by plain lists, of who was told of. */
    private Map<Long, Map<String, List<Long>>> expected(TinyBundle bundle, int items) {
        Map<Long, Map<String, List<Long>>> histories = new HashMap<>();
        for (int row = 0; row < USERS; row++) {
            List<Long> watched =
                    Arrays.stream(bundle.watched(row)).mapToObj(TinyBundle::itemId).toList();
            histories.put(
                    TinyBundle.userId(row),
                    Map.of(
                            "watched", new ArrayList<>(watched),
                            "long_watched", new ArrayList<>(watched.subList(0, watched.size() / 2)),
                            "liked", new ArrayList<>(watched.subList(0, 2))));
        }
        for (Told one : told) {
            for (Event event : one.events()) {
                if (event.itemId() < TinyBundle.itemId(items)) {
                    for (String name : historiesOf(event.kind())) {
                        Map<String, List<Long>> ofUser =
                                histories.computeIfAbsent(one.userId(), id -> empty());
                        add(Objects.requireNonNull(ofUser.get(name)), event.itemId());
                    }
                }
            }
        }
        return histories;
    }

    private static Map<String, List<Long>> empty() {
        Map<String, List<Long>> histories = new HashMap<>();
        HISTORIES.forEach(name -> histories.put(name, new ArrayList<>()));
        return histories;
    }

    private static List<String> historiesOf(EventCode kind) {
        return switch (kind) {
            case WATCH -> List.of("watched");
            case LONG_WATCH -> List.of("watched", "long_watched");
            case LIKE -> List.of("liked");
            default -> List.of();
        };
    }

    private static void add(List<Long> history, long itemId) {
        if (!history.remove(Long.valueOf(itemId)) && history.size() == TinyBundle.HISTORY) {
            history.removeFirst();
        }
        history.add(itemId);
    }

    /** Reads the rows that a bundle keeps; nobody may serve it. */
    private void assertHistories(TinyBundle tiny, Path bundle, int items) {
        RowLayout layout = tiny.schema().layout(FeatureScope.USER);
        MemorySegment row =
                Arena.ofAuto().allocate(layout.rowBytes(), RowLayout.ROW_ALIGNMENT_BYTES);
        try (FeatureStore store = FeatureStore.open(stateOf(bundle), "users", layout)) {
            expected(tiny, items)
                    .forEach(
                            (userId, histories) -> {
                                assertTrue(store.newReader().readInto(userId, row, 0));
                                histories.forEach(
                                        (name, expected) ->
                                                assertEquals(
                                                        expected,
                                                        read(tiny, row, name),
                                                        name + " of " + userId));
                            });
        }
    }

    private Path stateOf(Path bundle) {
        String fingerprint = BundleManifest.read(bundle).fingerprint();
        return new StateFolders(folder.resolve("state"), fingerprint).current();
    }

    private static List<Long> read(TinyBundle tiny, MemorySegment row, String name) {
        RowLayout layout = tiny.schema().layout(FeatureScope.USER);
        long at = 4L * layout.slotOf(tiny.schema().field(name));
        List<Long> items = new ArrayList<>();
        for (int i = 1; i <= row.get(RowLayout.INT, at); i++) {
            int ordinal = row.get(RowLayout.INT, at + 4L * i) - FeatureField.FIRST;
            items.add(TinyBundle.itemId(ordinal));
        }
        return items;
    }

    /** What was counted of all items: impressions, told once each. */
    private double shown() throws IOException {
        String page =
                "http://127.0.0.1:" + server.adminPort() + "/rates?item=" + TinyBundle.itemId(0);
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> response =
                    http.send(
                            HttpRequest.newBuilder(URI.create(page)).build(),
                            HttpResponse.BodyHandlers.ofString());
            JsonNode rates = Json.mapper().readTree(response.body());
            return rates.get(0).get("impressions").asDouble();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void assertShown(int items) throws IOException {
        long expected =
                told.stream()
                        .flatMap(one -> one.events().stream())
                        .filter(event -> event.kind() == EventCode.IMPRESSION)
                        .filter(event -> event.itemId() < TinyBundle.itemId(items))
                        .count();
        assertEquals((double) expected, shown(), 0.01);
    }

    @Test
    void shouldKnowWhatUsersToldWhenBundlesFollowEachOther() throws IOException {
        SplitRandom random = new SplitRandom(56);
        tell(random, 200, FIRST_ITEMS);
        // What was told before a start is carried over, too.
        restart(first);
        tell(random, 100, FIRST_ITEMS);
        server.swap(second, ProgressListener.NONE);
        assertShown(SECOND_ITEMS);
        tell(random, 100, SECOND_ITEMS);
        server.rollback(ProgressListener.NONE);
        assertShown(FIRST_ITEMS);
        tell(random, 50, FIRST_ITEMS);
        server.rollback(ProgressListener.NONE);
        assertShown(SECOND_ITEMS);
        tell(random, 50, SECOND_ITEMS);
        server.rollback(ProgressListener.NONE);
        assertShown(FIRST_ITEMS);
        stop();
        assertHistories(ofFirst, first, FIRST_ITEMS);
        start(first);
        server.swap(second, ProgressListener.NONE);
        assertShown(SECOND_ITEMS);
        // A third one is told what users told the others, though one had not all of its items.
        Path third = new TinyBundle(FIRST_ITEMS, USERS + 1).write(folder.resolve("third"));
        server.swap(third, ProgressListener.NONE);
        assertShown(FIRST_ITEMS);
        stop();
        assertHistories(ofSecond, second, SECOND_ITEMS);
        assertHistories(ofFirst, third, FIRST_ITEMS);
        start(first);
    }

    @Test
    void shouldTellNothingWhenNothingIsToBeCarriedOver() throws IOException {
        stop();
        server = MillraceServer.start(config(first).with("changes.carryOver", false));
        client = new WireClient(server.port());
        tell(new SplitRandom(1), 50, SECOND_ITEMS);
        server.swap(second, ProgressListener.NONE);
        assertEquals(0, shown());
        told.clear();
        stop();
        assertHistories(ofSecond, second, SECOND_ITEMS);
        start(first);
    }

    /** Whichever bundle it came to, and whichever it was watched in. */
    @Test
    void shouldHideAWatchedItemThatCameLaterThanBothBundles() throws IOException {
        long watcher = TinyBundle.userId(1);
        long other = TinyBundle.userId(2);
        long itemId = 4_000_000;
        bring(itemId);
        assertFalse(hides(watcher, itemId) || hides(other, itemId));
        watch(watcher, itemId);
        assertTrue(hides(watcher, itemId));
        server.swap(second, ProgressListener.NONE);
        assertTrue(hides(watcher, itemId));
        assertFalse(hides(other, itemId));
        // And the way back.
        bring(itemId + 1);
        watch(other, itemId + 1);
        server.rollback(ProgressListener.NONE);
        assertTrue(hides(watcher, itemId));
        assertFalse(hides(watcher, itemId + 1));
        assertTrue(hides(other, itemId + 1));
        assertFalse(hides(other, itemId));
        restart(first);
        assertTrue(hides(watcher, itemId) && hides(other, itemId + 1));
        assertFalse(hides(watcher, itemId + 1) || hides(other, itemId));
    }

    private void bring(long itemId) throws IOException {
        Column creator = Column.of("creator", 9);
        Result result = client.ask(Frames.upsert(1, itemId, new float[0], creator));
        assertEquals(Status.OK, result.status(), result.message());
    }

    private void watch(long userId, long itemId) throws IOException {
        Result result =
                client.ask(Frames.feedback(1, userId, 0, Event.of(EventCode.WATCH, itemId)));
        assertEquals(Status.OK, result.status(), result.message());
    }

    private boolean hides(long userId, long itemId) throws IOException {
        byte[] frame = Frames.explain(1, userId, K, 0, 0, new long[0], itemId);
        Explained.Item item = client.explain(frame).items().getFirst();
        assertEquals(itemId, item.itemId());
        return item.fate() == FateCode.SEEN;
    }

    /** Back at a snapshot, what was told since is dropped, and what was told before is not. */
    @Test
    void shouldTellTheNextBundleWhatASnapshotHas() throws IOException {
        SplitRandom random = new SplitRandom(2);
        tell(random, 60, SECOND_ITEMS);
        server.snapshot("then");
        List<Told> then = List.copyOf(told);
        tell(random, 40, SECOND_ITEMS);
        server.restore(folder.resolve("snapshots/then"), ProgressListener.NONE);
        told.clear();
        told.addAll(then);
        tell(random, 30, SECOND_ITEMS);
        server.swap(second, ProgressListener.NONE);
        assertShown(SECOND_ITEMS);
        stop();
        assertHistories(ofSecond, second, SECOND_ITEMS);
        start(first);
    }

    /**
     * What the next bundle begins to count with ends at some moment. Of what users told the one
     * before it remembers all and counts what came after that.
     */
    @Test
    void shouldCountWhatTheNextBundleHasNotCountedWhenItWasBuilt() throws IOException {
        stop();
        TinyBundle rated = ofSecond.rated();
        Path before = ofFirst.rated().write(folder.resolve("rated-first"));
        Path next = rated.write(folder.resolve("rated-second"));
        start(before);
        long laterMs = COUNTED_MS + 3 * HOUR_MS;
        for (int item = 0; item < 20; item++) {
            long itemId = TinyBundle.itemId(item);
            long userId = TinyBundle.userId(item % 3);
            Event[] events = {
                Event.of(EventCode.IMPRESSION, itemId), Event.of(EventCode.WATCH, itemId)
            };
            long momentMs = item % 2 == 0 ? COUNTED_MS - HOUR_MS : laterMs;
            Result result = client.ask(Frames.feedback(1, userId, momentMs, events));
            assertEquals(Status.OK, result.status(), result.message());
            told.add(new Told(userId, List.of(events)));
        }
        server.swap(next, ProgressListener.NONE);
        stop();
        assertHistories(rated, next, SECOND_ITEMS);
        CountingPlan plan =
                CountingPlan.of(rated.schema(), "creator", TinyBundle.HALF_LIFE_MINUTES);
        try (RowTable rows =
                        RowTable.open(
                                next.resolve(BundleLayout.ITEMS),
                                rated.schema().layout(FeatureScope.ITEM));
                ItemRowMirror items = ItemRowMirror.of(rows);
                EventCounters counted =
                        EventCounters.open(stateOf(next), rated.schema(), items, plan, null);
                EventCounters expected = EventCounters.inMemory(rated.schema(), items, plan)) {
            rated.tellBeginning(expected);
            EventList events = new EventList(2);
            for (int item = 1; item < 20; item += 2) {
                events.clear();
                events.add(EventKind.IMPRESSION, item, Float.NaN);
                events.add(EventKind.WATCH, item, Float.NaN);
                expected.count(events, laterMs);
            }
            assertTrue(expected.all(laterMs).impressions() > 10);
            for (int item = 0; item < 20; item++) {
                assertEquals(expected.of(item, laterMs), counted.of(item, laterMs), "" + item);
            }
        }
        start(first);
    }

    /** Nothing is refused, and what was acknowledged the next request sees, whoever answers it. */
    @Test
    void shouldLoseNothingAndCountNothingTwiceWhenSwappedUnderLoad() throws Exception {
        AtomicBoolean isOver = new AtomicBoolean();
        try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
            List<Future<List<Told>>> all = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                int which = i;
                all.add(clients.submit(() -> tellUntil(isOver, which)));
            }
            try {
                server.swap(second, ProgressListener.NONE);
                for (int i = 0; i < 7; i++) {
                    server.rollback(ProgressListener.NONE);
                }
            } finally {
                isOver.set(true);
            }
            for (Future<List<Told>> one : all) {
                assertTrue(one.get().size() > 20, "told " + one.get().size());
                told.addAll(one.get());
            }
        }
        assertShown(SECOND_ITEMS);
        server.rollback(ProgressListener.NONE);
        assertShown(SECOND_ITEMS);
        stop();
        assertHistories(ofFirst, first, FIRST_ITEMS);
        assertHistories(ofSecond, second, SECOND_ITEMS);
        start(first);
    }

    /** Each client tells of users of its own, so that the order of each is known. */
    private List<Told> tellUntil(AtomicBoolean isOver, int which) throws IOException {
        SplitRandom random = new SplitRandom(which);
        List<Told> all = new ArrayList<>();
        try (WireClient asking = new WireClient(server.port())) {
            while (!isOver.get()) {
                int row = which + CLIENTS * random.nextInt(USERS / CLIENTS);
                long userId = TinyBundle.userId(row);
                long itemId = TinyBundle.itemId(random.nextInt(SECOND_ITEMS));
                List<Event> events =
                        List.of(
                                Event.of(EventCode.IMPRESSION, itemId),
                                Event.of(EventCode.WATCH, itemId));
                Result result =
                        asking.ask(Frames.feedback(1, userId, 0, events.toArray(Event[]::new)));
                assertEquals(Status.OK, result.status(), result.message());
                all.add(new Told(userId, events));
                Result next = asking.ask(Frames.recommend(1, userId, K));
                assertTrue(
                        next.items().stream().noneMatch(item -> item.itemId() == itemId),
                        "shown again");
            }
        }
        return all;
    }
}
