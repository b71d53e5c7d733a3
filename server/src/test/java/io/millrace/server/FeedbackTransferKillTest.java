package io.millrace.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.bundle.BundleManifest;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.random.SplitRandom;
import io.millrace.core.rounds.Rounds;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.EventCode;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.store.FeatureStore;
import io.millrace.server.Frames.Event;
import io.millrace.server.WireClient.Result;
import io.millrace.server.state.StateFolders;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server is killed with kill -9 while users tell it what they watched, and the next one is given
 * another bundle: that knows all that was acknowledged, in its order, and nothing twice.
 */
@Timeout(3_600)
class FeedbackTransferKillTest {
    private static final int CONNECTIONS = 3;
    private static final int USERS = 12;
    private static final int ITEMS = 300;

    @TempDir private Path folder;
    private final TinyBundle ofFirst = new TinyBundle(ITEMS, USERS);
    private final TinyBundle ofSecond = new TinyBundle(ITEMS, USERS + 1);

    /** What each user watched, the last of which may not have been acknowledged. */
    private final List<List<Long>> watched = new ArrayList<>();

    /** Whether the last that a user watched was not acknowledged. */
    private final boolean[] isUncertain = new boolean[USERS];

    @Test
    void shouldTellTheNextBundleWhatWasAcknowledgedWhenItWasKilled() throws Exception {
        killAndCheck(2);
    }

    @Test
    @Tag("slow")
    void shouldTellTheNextBundleWhatWasAcknowledgedWhenItWasKilledManyTimes() throws Exception {
        killAndCheck(Rounds.times(5));
    }

    private void killAndCheck(int rounds) throws Exception {
        Path first = ofFirst.write(folder.resolve("first"));
        Path second = ofSecond.write(folder.resolve("second"));
        for (int user = 0; user < USERS; user++) {
            watched.add(new ArrayList<>());
        }
        SplitRandom random = new SplitRandom(rounds);
        for (int round = 0; round < rounds; round++) {
            tellAndKill(first, random, 20 + random.nextInt(300));
            try (MillraceServer server = MillraceServer.start(ServerProcess.config(first))) {
                server.swap(second, ProgressListener.NONE);
            }
            check(second, round);
        }
    }

    private void tellAndKill(Path bundle, SplitRandom random, int answers) throws Exception {
        AtomicInteger answered = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        try (ServerProcess server = new ServerProcess(bundle, folder.resolve("log"))) {
            for (int c = 0; c < CONNECTIONS; c++) {
                int connection = c;
                SplitRandom own = new SplitRandom(random.nextInt(Integer.MAX_VALUE));
                Runnable task = () -> tell(server.port(), connection, own, answered);
                threads.add(Thread.ofPlatform().start(task));
            }
            while (answered.get() < answers && threads.stream().allMatch(Thread::isAlive)) {
                Thread.onSpinWait();
            }
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertTrue(answered.get() >= answers, "answered: " + answered.get());
    }

    /** Each connection tells of users of its own, until the server is gone. */
    private void tell(int port, int connection, SplitRandom random, AtomicInteger answered) {
        try (WireClient client = new WireClient(port)) {
            while (true) {
                int user = connection + CONNECTIONS * random.nextInt(USERS / CONNECTIONS);
                long itemId = TinyBundle.itemId(random.nextInt(ITEMS));
                byte[] frame =
                        Frames.feedback(
                                1,
                                TinyBundle.userId(user),
                                0,
                                Event.of(EventCode.IMPRESSION, itemId),
                                Event.of(EventCode.WATCH, itemId));
                watched.get(user).add(itemId);
                isUncertain[user] = true;
                Result result = client.ask(frame);
                assertEquals(Status.OK, result.status(), result.message());
                isUncertain[user] = false;
                answered.incrementAndGet();
            }
        } catch (IOException e) {
            // The server was killed.
            return;
        }
    }

    private void check(Path bundle, int round) {
        RowLayout layout = ofSecond.schema().layout(FeatureScope.USER);
        MemorySegment row =
                Arena.ofAuto().allocate(layout.rowBytes(), RowLayout.ROW_ALIGNMENT_BYTES);
        String fingerprint = BundleManifest.read(bundle).fingerprint();
        Path states = ServerProcess.config(bundle).stateDirectory();
        Path state = new StateFolders(states, fingerprint).current();
        try (FeatureStore store = FeatureStore.open(state, "users", layout)) {
            for (int user = 0; user < USERS; user++) {
                assertTrue(store.newReader().readInto(TinyBundle.userId(user), row, 0));
                List<Long> kept = read(row, layout);
                List<Long> all = watched.get(user);
                String what = "round " + round + ", user " + user;
                if (isUncertain[user] && !kept.equals(history(user))) {
                    all.removeLast();
                }
                isUncertain[user] = false;
                assertEquals(history(user), kept, what);
            }
        }
    }

    /** What the bundle was built with, and what was told since, the newest last. */
    private List<Long> history(int user) {
        List<Long> history = new ArrayList<>();
        for (int item : ofSecond.watched(user)) {
            history.add(TinyBundle.itemId(item));
        }
        for (Long itemId : watched.get(user)) {
            if (!history.remove(itemId) && history.size() == TinyBundle.HISTORY) {
                history.removeFirst();
            }
            history.add(itemId);
        }
        return history;
    }

    private List<Long> read(MemorySegment row, RowLayout layout) {
        long at = 4L * layout.slotOf(ofSecond.schema().field("watched"));
        int[] ordinals = new int[row.get(RowLayout.INT, at)];
        Arrays.setAll(
                ordinals, i -> row.get(RowLayout.INT, at + 4L * (i + 1)) - FeatureField.FIRST);
        return Arrays.stream(ordinals).mapToObj(TinyBundle::itemId).toList();
    }
}
