package io.millrace.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.EventCode;
import io.millrace.core.wire.codec.ScopeCode;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.store.FeatureStore;
import io.millrace.ranker.store.RowReader;
import io.millrace.server.Frames.Column;
import io.millrace.server.Frames.Event;
import io.millrace.server.WireClient.Result;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Changes and feedback over several connections, each of which numbers its own: change n of a
 * connection comes after n - 1. So what a state has of them can be told to be a beginning of each
 * connection's, and by their sum to be a beginning of the journal.
 */
final class SnapshotTraffic implements AutoCloseable {
    static final int CONNECTIONS = 3;
    static final int DELETED = 200;

    /** Users of each connection that tell something, once. */
    static final int TOLD = 600;

    static final int USERS = CONNECTIONS * TOLD;
    static final int ITEMS = CONNECTIONS * (1 + DELETED);

    private static final int CHANGES_A_DELETION = 8;
    private static final int AGES = 6;
    private static final long FIRST_USER = 9_000;
    private static final long FIRST_TOLD = 50_000;
    private static final int TOLD_APART = 1_000_000;

    private final TinyBundle tiny;
    private final List<Sender> senders = new ArrayList<>();
    private volatile boolean isStopped;

    /** One connection: a change of a user, one of an item, now and then a deletion, a feedback. */
    private final class Sender implements Runnable {
        private final int port;
        private final int connection;
        private final Thread thread;
        private final AtomicLong sent = new AtomicLong();
        private final AtomicLong acknowledged = new AtomicLong();
        private final AtomicLong toldSent = new AtomicLong();
        private final AtomicLong told = new AtomicLong();

        Sender(int port, int connection) {
            this.port = port;
            this.connection = connection;
            thread = Thread.ofPlatform().start(this);
        }

        @Override
        public void run() {
            try (WireClient client = new WireClient(port)) {
                for (int number = 1; !isStopped; number++) {
                    Column activity = Column.of("activity", number);
                    Column age = Column.of("age", number % AGES);
                    long user = FIRST_USER + connection;
                    change(client, Frames.update(1, ScopeCode.USER, user, activity, age));
                    Column duration = Column.of("duration", number);
                    Column creator = Column.of("creator", 2 + number % TinyBundle.CREATORS);
                    long item = TinyBundle.itemId(connection);
                    change(client, Frames.update(1, ScopeCode.ITEM, item, duration, creator));
                    if (number % CHANGES_A_DELETION == 0
                            && number / CHANGES_A_DELETION <= DELETED) {
                        int gone = number / CHANGES_A_DELETION - 1;
                        change(client, Frames.delete(1, deletedItem(connection, gone)));
                    }
                    if (number <= TOLD) {
                        tell(client, number);
                    }
                }
            } catch (IOException killed) {
                // Its last one may be there or not.
                return;
            }
        }

        private void change(WireClient client, byte[] frame) throws IOException {
            sent.incrementAndGet();
            Result result = client.ask(frame);
            if (result.status() == Status.OVERLOADED) {
                // Another state is taking over: it was not made.
                sent.decrementAndGet();
                sleep();
                change(client, frame);
                return;
            }
            assertEquals(Status.OK, result.status(), result.message());
            acknowledged.set(sent.get());
        }

        /** Of another user each time. */
        private void tell(WireClient client, int number) throws IOException {
            toldSent.set(number);
            Event[] events = {
                Event.of(EventCode.IMPRESSION, TinyBundle.itemId(connection)),
                Event.of(EventCode.LIKE, TinyBundle.itemId(connection))
            };
            long user = FIRST_TOLD + (long) TOLD_APART * connection + number;
            Result result = client.ask(Frames.feedback(1, user, 0, events));
            assertEquals(Status.OK, result.status(), result.message());
            told.set(number);
        }
    }

    SnapshotTraffic(TinyBundle tiny, int port) {
        this.tiny = tiny;
        for (int c = 0; c < CONNECTIONS; c++) {
            senders.add(new Sender(port, c));
        }
    }

    private static void sleep() {
        try {
            Thread.sleep(1);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    static long deletedItem(int connection, int number) {
        return TinyBundle.itemId(CONNECTIONS + connection * DELETED + number);
    }

    /** How many of each connection are acknowledged by now, and how much feedback. */
    long[] acknowledged() {
        return senders.stream().mapToLong(sender -> sender.acknowledged.get()).toArray();
    }

    /** How many of each connection were sent by now. */
    long[] sent() {
        return senders.stream().mapToLong(sender -> sender.sent.get()).toArray();
    }

    long[] told() {
        return senders.stream().mapToLong(sender -> sender.told.get()).toArray();
    }

    long[] toldSent() {
        return senders.stream().mapToLong(sender -> sender.toldSent.get()).toArray();
    }

    /** Waits until each connection has made so many. */
    void await(long changes) {
        while (senders.stream().anyMatch(sender -> sender.acknowledged.get() < changes)) {
            sleep();
        }
    }

    /** Sends no more; returns when the last is answered. */
    @Override
    public void close() {
        stop();
    }

    /** The same, where there is more to be asked. */
    void stop() {
        isStopped = true;
        for (Sender sender : senders) {
            try {
                sender.thread.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** How many items of each connection are deleted, which are found to be the first ones. */
    static long[] gone(int port) throws IOException {
        long[] found = new long[CONNECTIONS];
        try (WireClient client = new WireClient(port)) {
            for (int c = 0; c < CONNECTIONS; c++) {
                int gone = 0;
                while (gone < DELETED
                        && client.ask(Frames.similar(1, deletedItem(c, gone), 1, false)).status()
                                == Status.UNKNOWN_ITEM) {
                    gone++;
                }
                found[c] = gone;
            }
        }
        return found;
    }

    /**
     * How many changes of each connection a state has that no server has open, which are found to
     * be its first ones.
     */
    long[] found(long[] gone, Path state) {
        int[] users = numbers(state, FeatureScope.USER, "users", "activity", "age");
        int[] items = numbers(state, FeatureScope.ITEM, "items", "duration", "creator");
        long[] found = new long[CONNECTIONS];
        for (int c = 0; c < CONNECTIONS; c++) {
            String where = "connection " + c + ": " + users[c] + ", " + items[c] + ", " + gone[c];
            assertTrue(items[c] == users[c] || items[c] == users[c] - 1, where);
            long due = Math.min(DELETED, items[c] / CHANGES_A_DELETION);
            boolean isDeleting = items[c] == users[c] && items[c] % CHANGES_A_DELETION == 0;
            assertTrue(gone[c] == due || (isDeleting && gone[c] == due - 1), where);
            found[c] = users[c] + items[c] + gone[c];
        }
        return found;
    }

    /** The numbers in rows, each whole. */
    private int[] numbers(
            Path state, FeatureScope scope, String store, String number, String category) {
        RowLayout layout = tiny.schema().layout(scope);
        MemorySegment row = Arena.ofAuto().allocate(layout.rowBytes());
        int[] numbers = new int[CONNECTIONS];
        try (FeatureStore rows = FeatureStore.open(state, store, layout)) {
            RowReader reader = rows.newReader();
            for (int c = 0; c < CONNECTIONS; c++) {
                boolean isUser = scope == FeatureScope.USER;
                long id = isUser ? FIRST_USER + c : TinyBundle.itemId(c);
                if (!reader.readInto(id, row, 0)) {
                    continue;
                }
                float found =
                        row.get(RowLayout.FLOAT, 4L * layout.slotOf(tiny.schema().field(number)));
                int other =
                        row.get(RowLayout.INT, 4L * layout.slotOf(tiny.schema().field(category)));
                if (isUser) {
                    numbers[c] = (int) found;
                    assertEquals(numbers[c] % AGES, other, store + " " + c);
                } else if (other == 2 + (int) found % TinyBundle.CREATORS && isMade(found)) {
                    numbers[c] = (int) found;
                }
            }
        }
        return numbers;
    }

    /** Items have a duration from the start, which no number of a change is. */
    private static boolean isMade(float found) {
        return found == Math.rint(found);
    }

    /** How much feedback of each connection the rows have, which is found to be its first. */
    long[] toldFound(Path state) {
        RowLayout layout = tiny.schema().layout(FeatureScope.USER);
        MemorySegment row = Arena.ofAuto().allocate(layout.rowBytes());
        long[] found = new long[CONNECTIONS];
        try (FeatureStore rows = FeatureStore.open(state, "users", layout)) {
            RowReader reader = rows.newReader();
            for (int c = 0; c < CONNECTIONS; c++) {
                long first = FIRST_TOLD + (long) TOLD_APART * c;
                while (reader.readInto(first + found[c] + 1, row, 0)) {
                    found[c]++;
                }
                for (long later = found[c] + 1; later <= found[c] + 100; later++) {
                    assertTrue(!reader.readInto(first + later, row, 0), "a gap at " + later);
                }
            }
        }
        return found;
    }
}
