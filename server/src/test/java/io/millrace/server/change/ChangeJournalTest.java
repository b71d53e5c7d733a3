package io.millrace.server.change;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.random.SplitRandom;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.ScopeCode;
import io.millrace.server.Frames;
import io.millrace.server.Frames.Column;
import io.millrace.server.TestServers;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Request;
import io.millrace.server.request.RequestColumns;
import io.millrace.server.request.RequestKind;
import io.millrace.server.request.RequestLimits;
import io.millrace.server.request.RequestReader;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/** Changes that went into a snapshot, and those behind it, end where all of them would. */
@Timeout(60)
class ChangeJournalTest {
    private static final int COLUMNS = 6;
    private static final int DIMENSION = 3;
    private static final ChangeSize SIZE = new ChangeSize(COLUMNS, DIMENSION);
    private static final int FILE_BYTES = 1 << 16;

    @TempDir private Path folder;

    /** What changes come to, the plain way. */
    private static final class PlainState implements ChangeTarget {
        private final Map<String, String> values = new TreeMap<>();
        private int changes;

        @Override
        public void apply(Request request, Answer answer) {
            changes++;
            if (request.kind() == RequestKind.DELETE) {
                String item = "ITEM " + request.itemId() + " ";
                values.keySet().removeIf(key -> key.startsWith(item));
                values.put(item, "deleted");
                return;
            }
            String row = request.scope() + " " + request.candidates().itemId(0) + " ";
            if (request.kind() == RequestKind.UPSERT) {
                values.keySet().removeIf(key -> key.startsWith(row));
                String vector = request.hasVector() ? Arrays.toString(request.vector()) : "none";
                values.put(row + "vector", vector);
            } else if (values.containsKey(row)) {
                answer.fail(Status.UNKNOWN_ITEM, "no such item");
                return;
            }
            RequestColumns columns = request.candidates().columns();
            Set<String> replaced = new HashSet<>();
            for (int i = 0; i < columns.count(); i++) {
                byte[] name = new byte[columns.nameLength(i)];
                columns.bytes().getBytes(columns.nameOffset(i), name);
                byte[] bytes = new byte[columns.valuesLength(i)];
                columns.bytes().getBytes(columns.valuesOffset(i), bytes);
                String key = row + new String(name, StandardCharsets.UTF_8);
                String value = columns.form(i) + HexFormat.of().formatHex(bytes) + " ";
                values.merge(key, value, (old, more) -> replaced.contains(key) ? old + more : more);
                replaced.add(key);
            }
        }
    }

    private ChangeJournal open(ChangeTarget target) {
        ServerConfig config = TestServers.config().with("changes.fileBytes", FILE_BYTES);
        return ChangeJournal.open(folder, config, SIZE, target);
    }

    private static byte[] randomFrame(SplitRandom random) {
        long id = random.nextInt(12);
        if (random.nextInt(40) == 0) {
            return Frames.delete(1, id);
        }
        ScopeCode scope = random.nextInt(2) == 0 ? ScopeCode.ITEM : ScopeCode.USER;
        Column number = Column.of("n" + random.nextInt(3), random.nextInt(1_000));
        Column text = Column.of("text", "x".repeat(random.nextInt(1_500)));
        Column tag = Column.of("tags", "t" + random.nextInt(9));
        Column other = Column.of("tags", "u" + random.nextInt(9));
        if (random.nextInt(4) == 0) {
            boolean hasVector = random.nextInt(2) == 0;
            float[] vector = hasVector ? new float[] {random.nextInt(9), 1, -2} : new float[0];
            return Frames.upsert(1, id, vector, tag, number);
        }
        return switch (random.nextInt(4)) {
            case 0 -> Frames.update(1, scope, id, number);
            case 1 -> Frames.update(1, scope, id, text, number);
            case 2 -> Frames.update(1, scope, id, tag, text, other);
            default -> Frames.update(1, scope, id, tag);
        };
    }

    static void write(ChangeJournal journal, byte[] frame, ChangeTarget target)
            throws InterruptedException {
        RequestLimits limits = new RequestLimits(1, 0, 0, 1, COLUMNS, 10_000, 0, DIMENSION);
        Request request = new Request(limits);
        UnsafeBuffer buffer = new UnsafeBuffer(frame);
        assertEquals(Status.OK, new RequestReader(limits).readInto(buffer, 0, 0, request));
        CountDownLatch isFinished = new CountDownLatch(1);
        Answer answer = new Answer(0);
        assertTrue(
                journal.submit(
                        new Change() {
                            @Override
                            public DirectBuffer frame() {
                                return buffer;
                            }

                            @Override
                            public int frameBytes() {
                                return frame.length;
                            }

                            @Override
                            public Request request() {
                                return request;
                            }

                            @Override
                            public Answer answer() {
                                return answer;
                            }

                            @Override
                            public void finish() {
                                isFinished.countDown();
                            }
                        },
                        target));
        isFinished.await();
    }

    @Test
    void shouldEndWhereAllChangesWouldWhenSomeWentIntoASnapshot() throws Exception {
        SplitRandom random = new SplitRandom(5);
        PlainState expected = new PlainState();
        for (int run = 0; run < 4; run++) {
            PlainState found = new PlainState();
            try (ChangeJournal journal = open(found)) {
                assertEquals(expected.values, found.values, "run " + run);
                for (int i = 0; i < 250; i++) {
                    write(journal, randomFrame(random), expected);
                }
                journal.compact();
                assertEquals(1, files(), "run " + run);
                write(journal, randomFrame(random), expected);
            }
            assertTrue(run == 0 || found.changes < run * 250, "replayed " + found.changes);
        }
        assertFalse(expected.values.isEmpty());
    }

    /** The power went after the snapshot was written and before the files were removed. */
    @Test
    void shouldEndWhereAllChangesWouldWhenFilesAreStillThere() throws Exception {
        SplitRandom random = new SplitRandom(6);
        PlainState expected = new PlainState();
        Path kept = Files.createDirectory(folder.resolve("kept"));
        try (ChangeJournal journal = open(new PlainState())) {
            for (int i = 0; i < 500; i++) {
                write(journal, randomFrame(random), expected);
            }
            for (Path file : logs()) {
                Files.copy(file, kept.resolve(file.getFileName()));
            }
            journal.compact();
        }
        List<Path> removed;
        try (Stream<Path> copies = Files.list(kept)) {
            removed = copies.sorted().filter(copy -> Files.notExists(original(copy))).toList();
        }
        assertTrue(removed.size() > 1, removed.toString());
        // The oldest are removed first.
        for (int first : new int[] {0, removed.size() - 1}) {
            for (Path copy : removed.subList(first, removed.size())) {
                Files.copy(copy, original(copy));
            }
            PlainState found = new PlainState();
            try (ChangeJournal journal = open(found)) {
                assertEquals(expected.values, found.values);
                journal.compact();
                assertEquals(1, files());
            }
        }
    }

    private Path original(Path copy) {
        return folder.resolve(copy.getFileName());
    }

    @Test
    void shouldSayWhatIsDamagedWhenItIsTheSnapshot() throws Exception {
        SplitRandom random = new SplitRandom(7);
        try (ChangeJournal journal = open(new PlainState())) {
            for (int i = 0; i < 300; i++) {
                write(journal, randomFrame(random), new PlainState());
            }
            journal.compact();
        }
        Path file = folder.resolve("changes.snapshot");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 0x10;
        Files.write(file, bytes);
        MillraceException e = assertThrows(MillraceException.class, () -> open(new PlainState()));
        assertEquals(ErrorCode.CORRUPT_FILE, e.code());
        assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
        Files.delete(file);
        e = assertThrows(MillraceException.class, () -> open(new PlainState()));
        assertEquals(ErrorCode.CORRUPT_FILE, e.code());
        assertTrue(e.getMessage().contains("from=1, to="), e.getMessage());
    }

    private List<Path> logs() throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(file -> file.toString().endsWith(".log")).sorted().toList();
        }
    }

    private int files() throws IOException {
        return logs().size();
    }
}
