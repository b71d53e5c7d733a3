package io.millrace.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.random.SplitRandom;
import io.millrace.core.rounds.Rounds;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.ScopeCode;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.store.FeatureStore;
import io.millrace.ranker.store.RowReader;
import io.millrace.server.Frames.Column;
import io.millrace.server.WireClient.Result;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server is killed with kill -9 while features are changed, items brought in and items deleted
 * over several connections, again and again: what it had acknowledged is there, and no change in
 * part.
 */
@Timeout(3_600)
class ChangeKillTest {
    private static final int CONNECTIONS = 4;

    /** Each connection changes as many users and items, and nobody else changes those. */
    private static final int OWN = 10;

    /** Behind those that are changed, each connection deletes as many of its own. */
    private static final int DELETED = 200;

    private static final int CHANGES_A_DELETION = 8;

    /** Each connection brings as many new items again and again, with other vectors. */
    private static final int NEW = 5;

    private static final long FIRST_NEW = 4_000_000;

    /** Two of a turn's numbers lie so far apart that no other vector is as near. */
    private static final float CERTAIN = 0.99999f;

    private static final int TURN = 64;
    private static final int ITEMS = CONNECTIONS * (OWN + DELETED);
    private static final int USERS = 20;
    private static final int AGES = 6;
    private static final long FIRST_USER = 9_000;

    @TempDir Path folder;
    private final TinyBundle tiny = new TinyBundle(ITEMS, USERS);
    private final Known[] users = new Known[CONNECTIONS * OWN];
    private final Known[] items = new Known[CONNECTIONS * OWN];

    /** How many items a connection has deleted, of those it deletes one after the other. */
    private final Known[] deletions = new Known[CONNECTIONS];

    /** Which number an item was brought with. */
    private final Known[] upserts = new Known[CONNECTIONS * NEW];

    private Path bundle = Path.of("");

    /** What is known of the number in a row: that of the last change answered, and sent. */
    private static final class Known {
        private int acknowledged;
        private int sent;
    }

    @BeforeEach
    void writeBundle() throws IOException {
        bundle = tiny.write(folder.resolve("bundle"));
        for (int i = 0; i < users.length; i++) {
            users[i] = new Known();
            items[i] = new Known();
        }
        for (int i = 0; i < upserts.length; i++) {
            upserts[i] = new Known();
        }
        for (int i = 0; i < deletions.length; i++) {
            deletions[i] = new Known();
        }
    }

    @Test
    void shouldHaveEveryAcknowledgedChangeWhenItWasKilled() throws Exception {
        killAndCheck(2);
    }

    @Test
    @Tag("slow")
    void shouldHaveEveryAcknowledgedChangeWhenItWasKilledManyTimes() throws Exception {
        killAndCheck(Rounds.times(30));
    }

    private void killAndCheck(int rounds) throws Exception {
        SplitRandom random = new SplitRandom(rounds);
        int number = 1;
        for (int round = 0; round < rounds; round++) {
            number = runAndKill(number, 20 + random.nextInt(200));
            if (round % 2 == 1) {
                // Then only the journal tells.
                RestartedServer.removeStores(RestartedServer.state(bundle));
            }
            try (MillraceServer server = MillraceServer.start(ServerProcess.config(bundle))) {
                checkDeletions(server.port(), round);
                checkUpserts(server.port(), round);
            }
            check(FeatureScope.USER, "users", "age", "activity", users, round);
            check(FeatureScope.ITEM, "items", "creator", "duration", items, round);
        }
    }

    /** Changes features until so many changes were answered; returns a number not yet used. */
    private int runAndKill(int firstNumber, int changes) throws Exception {
        AtomicInteger answered = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        try (ServerProcess server = new ServerProcess(bundle, folder.resolve("log"))) {
            for (int c = 0; c < CONNECTIONS; c++) {
                int connection = c;
                Runnable task =
                        () -> {
                            int last = change(server.port(), connection, firstNumber, answered);
                            most.accumulateAndGet(last, Math::max);
                        };
                threads.add(Thread.ofPlatform().start(task));
            }
            while (answered.get() < changes) {
                Thread.sleep(1);
            }
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return most.get() + 1;
    }

    private int change(int port, int connection, int firstNumber, AtomicInteger answered) {
        int number = firstNumber;
        try (WireClient client = new WireClient(port)) {
            while (true) {
                int own = connection * OWN + number % OWN;
                Column activity = Column.of("activity", number);
                Column age = Column.of("age", number % AGES);
                tell(client, ScopeCode.USER, FIRST_USER + own, users[own], number, activity, age);
                Column creator = Column.of("creator", 2 + number % TinyBundle.CREATORS);
                Column duration = Column.of("duration", number);
                long itemId = TinyBundle.itemId(own);
                tell(client, ScopeCode.ITEM, itemId, items[own], number, creator, duration);
                upsert(client, connection * NEW + number % NEW, number);
                if (number % CHANGES_A_DELETION == 0) {
                    deleteNext(client, connection);
                }
                answered.incrementAndGet();
                number++;
            }
        } catch (IOException killed) {
            return number;
        }
    }

    /** The number is the item's duration, and turns its vector in the plane of its own. */
    private void upsert(WireClient client, int own, int number) throws IOException {
        Known known = upserts[own];
        known.sent = number;
        byte[] frame =
                Frames.upsert(
                        number,
                        FIRST_NEW + own,
                        vectorOf(own, number),
                        Column.of("duration", number),
                        Column.of("creator", 2 + number % TinyBundle.CREATORS));
        Result result = client.ask(frame);
        assertEquals(Status.OK, result.status(), result.message());
        known.acknowledged = number;
    }

    private static float[] vectorOf(int own, int number) {
        double angle = Math.PI * (number % TURN) / TURN;
        float[] vector = new float[TinyBundle.DIMENSION];
        vector[2 * own] = (float) Math.cos(angle);
        vector[2 * own + 1] = (float) Math.sin(angle);
        return vector;
    }

    /** Vector and score by features are both those of one number that was sent. */
    private void checkUpserts(int port, int round) throws IOException {
        try (WireClient client = new WireClient(port)) {
            for (int own = 0; own < upserts.length; own++) {
                Known known = upserts[own];
                long itemId = FIRST_NEW + own;
                String where = "new item " + own + ", round " + round;
                if (client.ask(Frames.similar(1, itemId, 1, false)).status()
                        == Status.UNKNOWN_ITEM) {
                    assertEquals(0, known.acknowledged, where);
                    continue;
                }
                int found = known.acknowledged;
                while (found <= known.sent && !isBrought(client, own, found)) {
                    found++;
                }
                assertTrue(found > 0 && found <= known.sent, where);
                known.acknowledged = found;
            }
        }
    }

    private static boolean isBrought(WireClient client, int own, int number) throws IOException {
        long itemId = FIRST_NEW + own;
        Result nearest = client.ask(Frames.search(1, -1, 1, false, vectorOf(own, number)));
        boolean isFound =
                nearest.itemIds().equals(List.of(itemId))
                        && nearest.items().getFirst().score() > CERTAIN;
        Column[] columns = {
            Column.of("item", 1),
            Column.of("duration", number),
            Column.of("creator", 2 + number % TinyBundle.CREATORS)
        };
        Result byItem = client.ask(Frames.rank(1, -1, 0, false, 1, List.of(), itemId));
        Result byRow = client.ask(Frames.rank(1, -1, 0, false, 1, List.of(columns), itemId));
        float apart = byItem.items().getFirst().score() - byRow.items().getFirst().score();
        return isFound && Math.abs(apart) < 1e-6f;
    }

    private void deleteNext(WireClient client, int connection) throws IOException {
        Known known = deletions[connection];
        if (known.acknowledged < DELETED) {
            known.sent = known.acknowledged + 1;
            Result result = client.ask(Frames.delete(1, deletedItem(connection, known.sent - 1)));
            assertEquals(Status.OK, result.status(), result.message());
            known.acknowledged = known.sent;
        }
    }

    private static long deletedItem(int connection, int number) {
        return TinyBundle.itemId(CONNECTIONS * OWN + connection * DELETED + number);
    }

    private static void tell(
            WireClient client, ScopeCode scope, long id, Known known, int number, Column... columns)
            throws IOException {
        known.sent = number;
        Result result = client.ask(Frames.update(number, scope, id, columns));
        assertEquals(Status.OK, result.status(), result.message());
        known.acknowledged = number;
    }

    /** The one that was sent and not answered may be there or not; from now on it stays so. */
    private void checkDeletions(int port, int round) throws IOException {
        try (WireClient client = new WireClient(port)) {
            for (int connection = 0; connection < CONNECTIONS; connection++) {
                Known known = deletions[connection];
                int gone = 0;
                while (gone < DELETED && isGone(client, deletedItem(connection, gone))) {
                    gone++;
                }
                String where = "connection " + connection + ", round " + round;
                assertTrue(gone >= known.acknowledged && gone <= known.sent, where);
                for (int next = gone; next < DELETED; next++) {
                    assertFalse(isGone(client, deletedItem(connection, next)), where);
                }
                known.acknowledged = gone;
            }
        }
    }

    private static boolean isGone(WireClient client, long itemId) throws IOException {
        return client.ask(Frames.similar(1, itemId, 1, false)).status() == Status.UNKNOWN_ITEM;
    }

    /** Each change wrote a number and a remainder of it; from now on what is there stays. */
    private void check(
            FeatureScope scope,
            String store,
            String category,
            String number,
            Known[] all,
            int round)
            throws IOException {
        RowLayout layout = tiny.schema().layout(scope);
        MemorySegment row = Arena.ofAuto().allocate(layout.rowBytes());
        long numberAt = 4L * layout.slotOf(tiny.schema().field(number));
        long categoryAt = 4L * layout.slotOf(tiny.schema().field(category));
        boolean isOfUsers = scope == FeatureScope.USER;
        try (FeatureStore rows = FeatureStore.open(RestartedServer.state(bundle), store, layout)) {
            RowReader reader = rows.newReader();
            for (int i = 0; i < all.length; i++) {
                String where = store + " " + i + ", round " + round;
                Known known = all[i];
                boolean isThere =
                        reader.readInto(isOfUsers ? FIRST_USER + i : TinyBundle.itemId(i), row, 0);
                if (known.acknowledged == 0 && !(isThere && isNumber(row, numberAt, known.sent))) {
                    continue;
                }
                assertTrue(isThere, where);
                int found = (int) row.get(RowLayout.FLOAT, numberAt);
                assertTrue(found >= known.acknowledged && found <= known.sent, where);
                int expected = isOfUsers ? found % AGES : 2 + found % TinyBundle.CREATORS;
                assertEquals(expected, row.get(RowLayout.INT, categoryAt), where);
                known.acknowledged = found;
            }
        }
    }

    private static boolean isNumber(MemorySegment row, long at, int number) {
        return number > 0 && row.get(RowLayout.FLOAT, at) == number;
    }
}
