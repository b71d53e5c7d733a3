package io.millrace.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.random.SplitRandom;
import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.EventCode;
import io.millrace.core.wire.codec.ReasonCode;
import io.millrace.ranker.features.RowTable;
import io.millrace.server.Frames.Event;
import io.millrace.server.WireClient.Item;
import io.millrace.server.WireClient.Result;
import io.millrace.server.config.ServerConfig;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What users tell of themselves, over a socket, and what they are recommended then. */
@Timeout(120)
class FeedbackServingTest {
    private static final int ITEMS = 300;
    private static final int USERS = 20;
    private static final int CANDIDATES = 100;
    private static final int KEEP_SEEN_WITHOUT_RULES = 3;
    private static final int REPLACE_HISTORY = 4;
    private static final int MOST_EVENTS = 20;
    private static final long NOW_MS = 1_700_000_000_000L;
    private static final long NEWCOMER = 7_777_777;

    @TempDir Path folder;
    private final TinyBundle tiny = new TinyBundle(ITEMS, USERS);
    private MillraceServer server;
    private WireClient client;

    @BeforeEach
    void startServer() throws IOException {
        tiny.write(folder.resolve("bundle"));
        server = MillraceServer.start(config());
        client = new WireClient(server.port());
    }

    private ServerConfig config() {
        return TestServers.config()
                .with("bundle", folder.resolve("bundle").toString())
                .with("threads.workers", 2)
                .with("funnel.candidates", CANDIDATES)
                .with("limits.events", MOST_EVENTS)
                .with("funnel.warmUpRequests", 0);
    }

    @AfterEach
    void stopServer() throws IOException {
        client.close();
        server.close();
    }

    @Test
    void shouldRecommendAsIfHistoriesWereStoredWhenTheyWereTold() throws IOException {
        SplitRandom random = new SplitRandom(8);
        try (PlainFunnel oracle = new PlainFunnel(tiny, folder.resolve("bundle"))) {
            for (int row : new int[] {0, 7, USERS}) {
                long userId = row == USERS ? NEWCOMER : TinyBundle.userId(row);
                TinyUser user = row == USERS ? new TinyUser() : new TinyUser(tiny, row);
                for (int round = 0; round < 4; round++) {
                    Event[] events = new Event[1 + random.nextInt(5)];
                    for (int i = 0; i < events.length; i++) {
                        int kind = 2 + random.nextInt(3);
                        int ordinal = random.nextInt(ITEMS);
                        events[i] =
                                Event.of(EventCode.get((short) kind), TinyBundle.itemId(ordinal));
                        user.does(events[i].kind(), ordinal);
                    }
                    Result told = client.ask(Frames.feedback(round, userId, 0, events));
                    assertEquals(Status.OK, told.status(), told.message());
                    assertEquals(round, told.correlationId());
                    assertEquals(List.of(), told.items());
                    assertRecommendedAs(oracle, user, userId);
                }
            }
        }
    }

    /** Asked over another connection, at once. */
    private void assertRecommendedAs(PlainFunnel oracle, TinyUser user, long userId)
            throws IOException {
        try (WireClient other = new WireClient(server.port());
                RowTable row = user.row(tiny)) {
            byte[] frame = Frames.recommend(1, userId, 10, KEEP_SEEN_WITHOUT_RULES, NOW_MS, 0);
            assertSame(oracle.recommend(row, 0, NOW_MS, CANDIDATES, 10), other.ask(frame));
        }
    }

    private static void assertSame(List<Item> expected, Result actual) {
        assertEquals(expected.stream().map(Item::itemId).toList(), actual.itemIds());
        for (int i = 0; i < expected.size(); i++) {
            assertEquals(expected.get(i).score(), actual.items().get(i).score(), 1e-6f);
        }
    }

    @Test
    void shouldRecommendAsIfHistoryWereStoredWhenTheRequestBringsIt() throws IOException {
        long userId = TinyBundle.userId(3);
        byte[] plain = Frames.recommend(1, userId, 10, KEEP_SEEN_WITHOUT_RULES, NOW_MS, 0);
        List<Item> before = client.ask(plain).items();
        // An item that is not in the catalogue tells nothing.
        long[] fresh = {TinyBundle.itemId(200), -5, TinyBundle.itemId(211)};
        try (PlainFunnel oracle = new PlainFunnel(tiny, folder.resolve("bundle"))) {
            TinyUser user = new TinyUser(tiny, 3);
            user.does(EventCode.WATCH, 200);
            user.does(EventCode.WATCH, 211);
            assertBringing(oracle, user, userId, KEEP_SEEN_WITHOUT_RULES, fresh);
            TinyUser replaced = new TinyUser(tiny, 3);
            replaced.forget();
            assertBringing(oracle, replaced, userId, KEEP_SEEN_WITHOUT_RULES | REPLACE_HISTORY);
            replaced.does(EventCode.WATCH, 200);
            replaced.does(EventCode.WATCH, 211);
            assertBringing(
                    oracle, replaced, userId, KEEP_SEEN_WITHOUT_RULES | REPLACE_HISTORY, fresh);
            TinyUser newcomer = new TinyUser();
            newcomer.does(EventCode.WATCH, 200);
            newcomer.does(EventCode.WATCH, 211);
            assertBringing(oracle, newcomer, NEWCOMER, KEEP_SEEN_WITHOUT_RULES, fresh);
        }
        // Nothing of it was stored.
        assertEquals(before, client.ask(plain).items());
        assertEquals(ReasonCode.COLD_START, client.ask(Frames.recommend(1, NEWCOMER, 10)).reason());
    }

    private void assertBringing(
            PlainFunnel oracle, TinyUser user, long userId, int flags, long... history)
            throws IOException {
        Result result = client.ask(Frames.recommendWithHistory(1, userId, flags, NOW_MS, history));
        assertEquals(ReasonCode.NONE, result.reason());
        try (RowTable row = user.row(tiny)) {
            assertSame(oracle.recommend(row, 0, NOW_MS, CANDIDATES, 10), result);
        }
    }

    @Test
    void shouldNotAnswerWithItemsWhenTheyWereJustWatched() throws IOException {
        for (long userId : new long[] {TinyBundle.userId(5), NEWCOMER}) {
            Set<Long> watched = new HashSet<>();
            for (int round = 0; round < 2; round++) {
                Result result = client.ask(Frames.recommend(1, userId, 4));
                for (long itemId : result.itemIds()) {
                    assertTrue(watched.add(itemId), "again " + itemId);
                    client.ask(Frames.feedback(2, userId, 0, Event.of(EventCode.WATCH, itemId)));
                }
            }
            Result fresh =
                    client.ask(Frames.recommendWithHistory(3, NEWCOMER - 1, 0, 0, ids(watched)));
            assertTrue(Collections.disjoint(watched, fresh.itemIds()));
        }
    }

    /** Not even the answer is waited for. What it took is printed, and not judged. */
    @Test
    void shouldBeSeenByOthersSoonWhenFeedbackIsOnItsWay() throws IOException {
        long[] tookNs = new long[200];
        try (WireClient other = new WireClient(server.port())) {
            for (int round = 0; round < tookNs.length; round++) {
                long userId = TinyBundle.userId(round % USERS);
                byte[] ask = Frames.recommend(1, userId, 3);
                long watched = other.ask(ask).itemIds().get(0);
                byte[] tell = Frames.feedback(2, userId, 0, Event.of(EventCode.WATCH, watched));
                long beginNs = System.nanoTime();
                client.send(tell);
                while (other.ask(ask).itemIds().contains(watched)) {
                    assertTrue(System.nanoTime() - beginNs < 10_000_000_000L, "round " + round);
                }
                tookNs[round] = System.nanoTime() - beginNs;
                assertEquals(Status.OK, client.result().status());
            }
        }
        Arrays.sort(tookNs);
        System.out.printf(
                Locale.ROOT,
                "feedback seen by others after p50=%d us, p99=%d us%n",
                tookNs[tookNs.length / 2] / 1_000,
                tookNs[tookNs.length * 99 / 100] / 1_000);
    }

    private static long[] ids(Set<Long> itemIds) {
        return itemIds.stream().mapToLong(Long::longValue).toArray();
    }

    @Test
    void shouldKnowTheNewcomerWhenTheServerIsStartedAgain() throws IOException {
        Event watch = Event.of(EventCode.LONG_WATCH, TinyBundle.itemId(9));
        assertEquals(Status.OK, client.ask(Frames.feedback(1, NEWCOMER, 0, watch)).status());
        byte[] frame = Frames.recommend(1, NEWCOMER, 10, 0, NOW_MS, 0);
        Result before = client.ask(frame);
        assertEquals(ReasonCode.NONE, before.reason());
        client.close();
        server.close();
        server = MillraceServer.start(config());
        client = new WireClient(server.port());
        assertEquals(before.items(), client.ask(frame).items());
    }

    @Test
    void shouldRememberNothingWhenOneItemIsUnknown() throws IOException {
        byte[] plain = Frames.recommend(1, TinyBundle.userId(2), 10, 0, NOW_MS, 0);
        List<Item> before = client.ask(plain).items();
        Event known = Event.of(EventCode.WATCH, before.get(0).itemId());
        Event unknown = Event.of(EventCode.WATCH, 4);
        Result refused =
                client.ask(Frames.feedback(5, TinyBundle.userId(2), 0, known, unknown, known));
        assertEquals(Status.UNKNOWN_ITEM, refused.status());
        assertEquals("no such item, nothing was remembered: item=4", refused.message());
        assertEquals(before, client.ask(plain).items());
        client.ask(Frames.feedback(6, TinyBundle.userId(2), 0, known));
        assertNotEquals(before, client.ask(plain).items());
    }

    @Test
    void shouldSayWhatIsWrongWhenFeedbackMakesNoSense() throws IOException {
        long userId = TinyBundle.userId(2);
        long itemId = TinyBundle.itemId(2);
        Event watch = Event.of(EventCode.WATCH, itemId);
        assertBad("feedback of nobody; send the id of the user: userId=-1", -1, 0, watch);
        assertBad("time before 1970: timestampMs=-3", userId, -3, watch);
        String share = "watched share below 0 or infinite: item=" + itemId;
        assertBad(share, userId, 0, new Event(EventCode.WATCH, itemId, -0.1f));
        assertBad(share, userId, 0, new Event(EventCode.WATCH, itemId, Float.POSITIVE_INFINITY));
        Event[] many = new Event[MOST_EVENTS + 1];
        Arrays.fill(many, watch);
        assertBad("too many events: count=21, limit=20", userId, 0, many);
        byte[] frame = Frames.feedback(1, userId, 0, watch);
        frame[frame.length - 1] = 9;
        assertEquals("no such kind of event: kind=9", client.ask(frame).message());
        Result history =
                client.ask(Frames.recommendWithHistory(1, userId, 0, 0, new long[MOST_EVENTS + 1]));
        assertEquals(Status.BAD_REQUEST, history.status());
        assertEquals("history too long: count=21, limit=20", history.message());
        // A client of version 1 has no such message.
        new UnsafeBuffer(frame)
                .putShort(FrameLayout.HEADER_OFFSET + 6, (short) 1, ByteOrder.LITTLE_ENDIAN);
        assertEquals(Status.UNSUPPORTED_VERSION, client.ask(frame).status());
        assertEquals(Status.OK, client.ask(Frames.feedback(1, userId, 0)).status());
        many = Arrays.copyOf(many, MOST_EVENTS);
        assertEquals(Status.OK, client.ask(Frames.feedback(1, userId, 0, many)).status());
    }

    private void assertBad(String message, long userId, long timestampMs, Event... events)
            throws IOException {
        Result result = client.ask(Frames.feedback(1, userId, timestampMs, events));
        assertEquals(Status.BAD_REQUEST, result.status());
        assertEquals(message, result.message());
    }

    @Test
    void shouldRefuseNewcomersWhenThereIsNoRoomForThem() throws IOException {
        Event watch = Event.of(EventCode.WATCH, TinyBundle.itemId(9));
        long newcomers = 0;
        Result told = client.ask(Frames.feedback(1, NEWCOMER, 0, watch));
        while (told.status() == Status.OK && newcomers < 20_000) {
            newcomers++;
            told = client.ask(Frames.feedback(1, NEWCOMER + newcomers, 0, watch));
        }
        assertTrue(newcomers >= USERS, "only " + newcomers);
        assertEquals(Status.OVERLOADED, told.status());
        assertEquals("no room for another user, nothing was remembered", told.message());
        assertEquals(
                Status.OK, client.ask(Frames.feedback(1, TinyBundle.userId(1), 0, watch)).status());
        assertEquals(0, server.statistics().failures());
    }
}
