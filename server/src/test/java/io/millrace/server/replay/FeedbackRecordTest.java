package io.millrace.server.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.log.LogRepair;
import io.millrace.ranker.feedback.EventKind;
import io.millrace.ranker.impression.Impression;
import io.millrace.ranker.impression.ImpressionLogReader;
import io.millrace.ranker.impression.LoggedFeedback;
import io.millrace.server.TinyBundle;
import io.millrace.server.request.Request;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Feedback stands in the log as it was taken, among impressions that are read as before. */
final class FeedbackRecordTest {
    private static final int VERSION_OFFSET = 12;
    private static final long UNKNOWN_ITEM = -77;
    private static final long TO_COME_MS = Long.MAX_VALUE / 2;

    @TempDir private Path folder;

    private record Told(
            long correlationId, long userId, long momentMs, String key, List<Event> events) {}

    private record Event(EventKind kind, long itemId, float watchedShare) {}

    private record Read(int impressions, int foreign, List<Told> told) {}

    private static Read read(Path log, String fingerprint) {
        List<Told> told = new ArrayList<>();
        int[] foreign = new int[1];
        ImpressionLogReader.Beside beside =
                new ImpressionLogReader.Beside() {
                    @Override
                    public void told(LoggedFeedback feedback) {
                        List<Event> events = new ArrayList<>();
                        for (int i = 0; i < feedback.count(); i++) {
                            events.add(
                                    new Event(
                                            feedback.kind(i),
                                            feedback.itemId(i),
                                            feedback.watchedShare(i)));
                        }
                        assertTrue(feedback.momentMs() <= feedback.answeredMs());
                        told.add(
                                new Told(
                                        feedback.correlationId(),
                                        feedback.userId(),
                                        feedback.momentMs(),
                                        feedback.experimentKey(),
                                        events));
                    }

                    @Override
                    public void shownByAnother(Impression shown) {
                        foreign[0]++;
                    }
                };
        int impressions = 0;
        try (ImpressionLogReader reader = new ImpressionLogReader(log, fingerprint, beside)) {
            while (reader.next() != null) {
                impressions++;
            }
        }
        return new Read(impressions, foreign[0], told);
    }

    /** Of all lengths from none to nineteen bytes. */
    private static String key(int round) {
        return "ü".repeat(round / 2) + "k".repeat(round % 2);
    }

    /** Refused feedback is not there, and what is yet to come happened when it was told. */
    private static List<Consumer<Request>> requests(int round) {
        long userId = TinyBundle.userId(round);
        return List.of(
                r -> r.recommend(1, userId, LoggedWorld.TIMESTAMP_MS, 10, 0),
                r -> {
                    r.feedback(100 + round, userId, LoggedWorld.TIMESTAMP_MS + round);
                    for (EventKind kind : EventKind.values()) {
                        r.events().add(kind, TinyBundle.itemId(round + kind.code()), round / 8f);
                    }
                    r.events().add(EventKind.WATCH, TinyBundle.itemId(round), Float.NaN);
                    r.experimentKey().set(key(round));
                },
                r -> {
                    r.feedback(2, userId, LoggedWorld.TIMESTAMP_MS);
                    r.events().add(EventKind.CLICK, TinyBundle.itemId(3), 0);
                    r.events().add(EventKind.CLICK, UNKNOWN_ITEM, 0);
                },
                r -> r.feedback(200 + round, -9 - round, TO_COME_MS));
    }

    @Test
    void shouldTellFeedbackAsItWasTaken() throws IOException {
        LoggedWorld world = new LoggedWorld(folder);
        long beginMs = System.currentTimeMillis();
        world.serve(world.config().with("log.share", 0), FeedbackRecordTest::requests);
        // None of the impressions was chosen; without any the reader has nothing to give.
        world.serve(world.config(), FeedbackRecordTest::requests);
        Read read = read(world.log, world.fingerprint());
        assertEquals(LoggedWorld.USERS, read.impressions);
        List<Told> expected = new ArrayList<>();
        for (int round = 0; round < LoggedWorld.USERS; round++) {
            List<Event> events = new ArrayList<>();
            for (EventKind kind : EventKind.values()) {
                long itemId = TinyBundle.itemId(round + kind.code());
                events.add(new Event(kind, itemId, round / 8f));
            }
            events.add(new Event(EventKind.WATCH, TinyBundle.itemId(round), Float.NaN));
            expected.add(
                    new Told(
                            100 + round,
                            TinyBundle.userId(round),
                            LoggedWorld.TIMESTAMP_MS + round,
                            key(round),
                            events));
        }
        List<Told> past = read.told.stream().filter(told -> told.correlationId < 200).toList();
        assertEquals(expected, past.subList(0, LoggedWorld.USERS));
        assertEquals(expected, past.subList(LoggedWorld.USERS, past.size()));
        List<Told> toCome = read.told.stream().filter(told -> told.correlationId >= 200).toList();
        assertEquals(2 * LoggedWorld.USERS, toCome.size());
        for (Told told : toCome) {
            assertTrue(told.events.isEmpty());
            assertTrue(told.momentMs >= beginMs, "told " + told.momentMs);
        }
    }

    @Test
    void shouldTellOfOtherBundlesWhereSomebodyAsks() throws IOException {
        LoggedWorld world = new LoggedWorld(folder);
        world.serve(world.config(), FeedbackRecordTest::requests);
        LoggedWorld other =
                new LoggedWorld(folder.resolve("other"), new TinyBundle(LoggedWorld.ITEMS, 30));
        other.serve(
                other.config().with("log.folder", world.log.toString()),
                FeedbackRecordTest::requests);
        Read read = read(world.log, world.fingerprint());
        assertEquals(LoggedWorld.USERS, read.impressions);
        assertEquals(LoggedWorld.USERS, read.foreign);
        assertEquals(4 * LoggedWorld.USERS, read.told.size());
        try (ImpressionLogReader reader = world.read()) {
            int impressions = 0;
            while (reader.next() != null) {
                impressions++;
            }
            assertEquals(LoggedWorld.USERS, impressions);
            assertEquals(1, reader.foreignFiles());
        }
    }

    /**
     * What was logged before feedback was is of version 1, before filters and keys were of version
     * 2, and of the same form else.
     */
    @Test
    void shouldReadLogsOfVersionsBeforeButNoneToCome() throws IOException {
        LoggedWorld world = new LoggedWorld(folder);
        world.serve(
                world.config(),
                round ->
                        List.of(
                                r ->
                                        r.recommend(
                                                1,
                                                TinyBundle.userId(round),
                                                LoggedWorld.TIMESTAMP_MS,
                                                10,
                                                0)));
        Path file = world.files().getFirst();
        byte[] bytes = Files.readAllBytes(file);
        assertEquals(3, bytes[VERSION_OFFSET]);
        for (byte version = 1; version <= 3; version++) {
            bytes[VERSION_OFFSET] = version;
            Files.write(file, LogRepair.repaired(bytes));
            Read read = read(world.log, world.fingerprint());
            assertEquals(LoggedWorld.USERS, read.impressions);
            assertEquals(List.of(), read.told);
        }
        bytes[VERSION_OFFSET] = 4;
        Files.write(file, LogRepair.repaired(bytes));
        MillraceException e =
                assertThrows(MillraceException.class, () -> read(world.log, world.fingerprint()));
        assertEquals(ErrorCode.UNSUPPORTED_VERSION, e.code());
    }
}
