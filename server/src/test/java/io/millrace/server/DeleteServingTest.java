package io.millrace.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.EventCode;
import io.millrace.core.wire.codec.ReasonCode;
import io.millrace.core.wire.codec.ScopeCode;
import io.millrace.server.Frames.Column;
import io.millrace.server.Frames.Event;
import io.millrace.server.WireClient.Result;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Items that are taken out of the catalogue while it is served, over a socket. */
@Timeout(120)
class DeleteServingTest {
    private static final int ITEMS = 300;
    private static final int USERS = 20;
    private static final int K = 10;
    private static final long NEWCOMER = 7_777_777;

    @TempDir Path folder;
    private final TinyBundle tiny = new TinyBundle(ITEMS, USERS);
    private final Set<Long> deleted = new HashSet<>();
    private Path bundle;
    private RestartedServer server;

    @BeforeEach
    void startServer() throws IOException {
        bundle = tiny.write(folder.resolve("bundle"));
        server = new RestartedServer(bundle);
    }

    @AfterEach
    void stopServer() throws IOException {
        server.close();
    }

    private void delete(long itemId) throws IOException {
        Result result = server.ask(Frames.delete(9, itemId));
        assertEquals(Status.OK, result.status(), result.message());
        assertEquals(9, result.correlationId());
        assertEquals(List.of(), result.items());
        deleted.add(itemId);
    }

    private Result askAnother(byte[] frame) throws IOException {
        try (WireClient other = server.connect()) {
            Result result = other.ask(frame);
            assertEquals(Status.OK, result.status(), result.message());
            return result;
        }
    }

    /** The best are deleted again and again: of what is left the best come. */
    @Test
    void shouldAnswerTheBestOfThoseThatAreLeft() throws IOException {
        try (PlainFunnel oracle = new PlainFunnel(tiny, bundle)) {
            float[] query = oracle.vector(44);
            for (int round = 0; round < 12; round++) {
                List<Long> all = oracle.nearestIds(query, ITEMS);
                List<Long> left = all.stream().filter(id -> !deleted.contains(id)).toList();
                Result found = askAnother(Frames.search(1, -1, K, false, query));
                assertEquals(left.subList(0, K), found.itemIds(), "round " + round);
                for (long itemId : found.itemIds().subList(0, 7)) {
                    delete(itemId);
                }
            }
        }
    }

    @Test
    void shouldAnswerNoRequestWithDeletedItems() throws IOException {
        for (int round = 0; round < 4; round++) {
            for (long userId : new long[] {TinyBundle.userId(3), NEWCOMER}) {
                Result result = askAnother(Frames.recommend(1, userId, K));
                assertEquals(K, result.items().size());
                assertTrue(Collections.disjoint(deleted, result.itemIds()), "round " + round);
                delete(result.itemIds().get(0));
                delete(result.itemIds().get(4));
            }
            for (boolean rules : new boolean[] {true, false}) {
                long like = TinyBundle.itemId(299 - round);
                Result result = askAnother(Frames.similar(1, like, K, rules));
                assertEquals(K, result.items().size());
                assertTrue(Collections.disjoint(deleted, result.itemIds()), "round " + round);
                delete(result.itemIds().get(1));
            }
        }
        long gone = deleted.iterator().next();
        long there = TinyBundle.itemId(299);
        Result ranked = askAnother(Frames.rank(1, NEWCOMER, 0, gone, there));
        assertEquals(List.of(there), ranked.itemIds());
        assertEquals(1, ranked.retrieved());
        assertEquals(ReasonCode.COLD_START, ranked.reason());
    }

    @Test
    void shouldNotKnowAnItemAnyMoreWhenItWasDeleted() throws IOException {
        long itemId = TinyBundle.itemId(5);
        delete(itemId);
        byte[][] frames = {
            Frames.delete(1, itemId),
            Frames.delete(1, 404),
            Frames.similar(1, itemId, K, false),
            Frames.update(1, ScopeCode.ITEM, itemId, Column.of("duration", 1))
        };
        for (byte[] frame : frames) {
            Result result = server.ask(frame);
            assertEquals(Status.UNKNOWN_ITEM, result.status());
            assertTrue(result.message().startsWith("no such item: item="), result.message());
        }
    }

    /** Who watched it has watched it, and may tell so a little later. */
    @Test
    void shouldRememberWhatWasDoneWithAnItemWhenItIsDeleted() throws IOException {
        long itemId = TinyBundle.itemId(5);
        byte[] ask = Frames.recommend(1, NEWCOMER, K);
        delete(itemId);
        assertEquals(ReasonCode.COLD_START, askAnother(ask).reason());
        Event watch = Event.of(EventCode.WATCH, itemId);
        assertEquals(Status.OK, server.ask(Frames.feedback(1, NEWCOMER, 0, watch)).status());
        assertNotEquals(ReasonCode.COLD_START, askAnother(ask).reason());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldStillBeWithoutTheItemsWhenItWasStartedAgain(boolean hasStores) throws IOException {
        byte[] ask = Frames.recommend(1, TinyBundle.userId(3), K);
        List<Long> before = askAnother(ask).itemIds();
        delete(before.get(0));
        delete(before.get(3));
        List<Long> after = askAnother(ask).itemIds();
        assertTrue(Collections.disjoint(deleted, after));
        for (int start = 0; start < 2; start++) {
            server.restart(hasStores);
            assertEquals(after, askAnother(ask).itemIds());
        }
        Result again = server.ask(Frames.delete(1, before.get(0)));
        assertEquals(Status.UNKNOWN_ITEM, again.status());
    }

    /** The graph is searched by breadth for a recall, and that is watched. */
    @Test
    void shouldGoOnWithFewerWhenAlmostAllAreDeleted() throws IOException {
        for (int ordinal = 0; ordinal < ITEMS - 4; ordinal++) {
            delete(TinyBundle.itemId(ordinal));
        }
        Result result = askAnother(Frames.recommend(1, NEWCOMER, K));
        assertEquals(ReasonCode.COLD_START, result.reason());
        assertEquals(4, result.items().size());
        assertTrue(Collections.disjoint(deleted, result.itemIds()));
    }
}
