package io.millrace.ranker.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.random.SplitRandom;
import io.millrace.ranker.AllocationProbe;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.features.RowTable;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

final class FeatureStoreTest {
    private static final int ROW_BYTES = StoreRows.LAYOUT.rowBytes();

    private final MemorySegment memory = Arena.ofAuto().allocate(4L * ROW_BYTES);

    @TempDir private Path folder;

    @Test
    void shouldAgreeWithAHashMapWhenPutAtRandom() {
        Map<Long, Integer> expected = new HashMap<>();
        SplitRandom random = new SplitRandom(11);
        try (FeatureStore store = create(2_000)) {
            RowReader reader = store.newReader();
            for (int step = 0; step < 20_000; step++) {
                // Few ids, so that most are overwritten; negative ones, extremes and 0 as well.
                long id = random.nextInt(3_000) - 500L;
                id = id == 7 ? Long.MIN_VALUE : id == 8 ? Long.MAX_VALUE : id;
                int number = random.nextInt(1 << 20);
                if (random.nextInt(3) > 0) {
                    StoreRows.fill(memory, ROW_BYTES, number);
                    store.put(id, memory, ROW_BYTES);
                    expected.put(id, number);
                }
                assertEquals(expected.getOrDefault(id, -1), read(reader, id));
            }
            assertEquals(expected.size(), store.size());
        }
        try (FeatureStore store = open()) {
            assertEquals(expected.size(), store.size());
            RowReader reader = store.newReader();
            expected.forEach((id, number) -> assertEquals(number, read(reader, id)));
            assertEquals(-1, read(reader, 123_456));
        }
    }

    @Test
    void shouldTouchItsOwnBytesOnlyWhenRead() {
        try (FeatureStore store = create(10)) {
            StoreRows.fill(memory, 0, 5);
            store.put(1, memory, 0);
            memory.fill((byte) 9);
            RowReader reader = store.newReader();
            assertFalse(reader.readInto(2, memory, ROW_BYTES));
            assertTrue(reader.readInto(1, memory, ROW_BYTES));
            assertEquals(5, StoreRows.numberOf(memory, ROW_BYTES));
            for (int at = 0; at < ROW_BYTES; at += 4) {
                assertEquals(0x0909_0909, memory.get(RowLayout.INT, at));
                assertEquals(0x0909_0909, memory.get(RowLayout.INT, 2L * ROW_BYTES + at));
            }
        }
    }

    @Test
    void shouldHoldEveryRowWhenLoadedInBulk() {
        AtomicLong told = new AtomicLong();
        ProgressListener listener =
                (name, total) -> {
                    assertEquals(40_000, total);
                    return new CountingStage(told);
                };
        try (RowTable table = StoreRows.table(40_000)) {
            try (FeatureStore store = create(40_000)) {
                assertFalse(store.isLoaded());
                store.bulkLoad(table, listener);
                assertTrue(store.isLoaded());
                assertEquals(40_000, told.get());
            }
            try (FeatureStore store = open()) {
                assertTrue(store.isLoaded());
                assertEquals(40_000, store.size());
                RowReader reader = store.newReader();
                for (int row = 0; row < table.count(); row++) {
                    assertEquals(row, read(reader, table.id(row)));
                }
                assertEquals(0.5, store.headroom(), 1e-9);
                StoreHealth health = store.health();
                assertEquals(40_000, health.rows());
                assertEquals(80_000, health.plannedRows());
                assertEquals(0, health.tieredSegments());
                assertFalse(health.isAlert());
            }
        }
    }

    @Test
    void shouldRaiseTheAlertWhenItOutgrowsItsRoomAndRefuseWhenFull() {
        try (FeatureStore store = create(500)) {
            StoreRows.fill(memory, 0, 1);
            boolean wasAlerted = false;
            int rows = 0;
            try {
                for (; rows < 100_000; rows++) {
                    store.put(rows, memory, 0);
                    if (rows < 500) {
                        assertFalse(rows % 50 == 0 && store.health().isAlert(), "row " + rows);
                    } else if (rows < 1_000) {
                        wasAlerted |= store.health().isAlert();
                    }
                }
            } catch (MillraceException e) {
                assertEquals(ErrorCode.LIMIT, e.code());
                assertTrue(e.getMessage().contains("capacity=500"), e.getMessage());
            }
            assertTrue(wasAlerted);
            assertTrue(rows > 1_000 && rows < 100_000, "full after " + rows);
            assertTrue(store.headroom() < 0);
            assertTrue(store.health().tieredSegments() > 0);
            // Full means no new ones; what is there can still be read and changed.
            StoreRows.fill(memory, 0, 77);
            store.put(3, memory, 0);
            assertEquals(77, read(store.newReader(), 3));
            assertEquals(1, read(store.newReader(), rows - 1));
        }
        try (FeatureStore store = open()) {
            assertEquals(77, read(store.newReader(), 3));
        }
    }

    @Test
    void shouldAllocateNothingWhenRowsAreReadAndChanged() {
        try (FeatureStore store = create(1_000)) {
            for (int id = 0; id < 1_000; id++) {
                StoreRows.fill(memory, 0, id);
                store.put(id, memory, 0);
            }
            RowReader reader = store.newReader();
            long[] next = new long[1];
            assertEquals(
                    0,
                    AllocationProbe.leastBytes(
                            2_000,
                            () -> {
                                // Ids beyond what Long.valueOf keeps, present and absent.
                                next[0] = (next[0] + 7) % 1_500;
                                reader.readInto(next[0], memory, 0);
                            }));
            assertEquals(
                    0,
                    AllocationProbe.leastBytes(
                            2_000,
                            () -> {
                                next[0] = (next[0] + 7) % 1_000;
                                store.put(next[0], memory, 0);
                            }));
        }
    }

    /** Who writes to a page that was saved waits for the file system, and so for the disk. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldWriteToNoFileWhenRowsAreRead() throws IOException {
        try (FeatureStore store = create(10_000)) {
            for (int id = 0; id < 10_000; id++) {
                StoreRows.fill(memory, 0, id);
                store.put(id, memory, 0);
            }
            Path map = folder.resolve("users.map");
            assertTrue(dirtyKilobytes(map) > 0);
            try (FileChannel file = FileChannel.open(map, StandardOpenOption.WRITE)) {
                file.force(true);
            }
            assumeTrue(dirtyKilobytes(map) == 0, "a file system that saves its files");
            RowReader reader = store.newReader();
            for (int id = 0; id < 20_000; id++) {
                assertEquals(id < 10_000 ? id : -1, read(reader, id));
            }
            assertEquals(0, dirtyKilobytes(map));
        }
    }

    /** Of the mapping of a file, as proc(5) tells it. */
    private static long dirtyKilobytes(Path file) throws IOException {
        long sum = 0;
        boolean isOfFile = false;
        for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
            String[] words = line.split("\\s+", -1);
            if (!words[0].endsWith(":")) {
                isOfFile = line.endsWith(file.toRealPath().toString());
            } else if (isOfFile && words[0].endsWith("_Dirty:")) {
                sum += Long.parseLong(words[1]);
            }
        }
        return sum;
    }

    @Test
    void shouldNeverShowATornRowWhenChangedWhileRead() throws InterruptedException {
        int ids = 8;
        AtomicBoolean isDone = new AtomicBoolean();
        AtomicLong torn = new AtomicLong();
        AtomicLong changes = new AtomicLong();
        try (FeatureStore store = create(100)) {
            for (int id = 0; id < ids; id++) {
                StoreRows.fill(memory, 0, 0);
                store.put(id, memory, 0);
            }
            Thread[] readers = new Thread[2];
            for (int i = 0; i < readers.length; i++) {
                readers[i] =
                        new Thread(
                                () -> {
                                    MemorySegment row = Arena.ofAuto().allocate(ROW_BYTES);
                                    RowReader reader = store.newReader();
                                    int[] last = new int[ids];
                                    for (int id = 0; !isDone.get(); id = (id + 1) % ids) {
                                        reader.readInto(id, row, 0);
                                        int number = StoreRows.numberOf(row, 0);
                                        if (number < last[id]) {
                                            torn.incrementAndGet();
                                        }
                                        changes.addAndGet(number == last[id] ? 0 : 1);
                                        last[id] = number;
                                    }
                                },
                                "test-reader-" + i);
                readers[i].start();
            }
            long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(700);
            for (int number = 1; System.nanoTime() < endNs || changes.get() < 1_000; number++) {
                StoreRows.fill(memory, 0, number & 0x7F_FFFF);
                store.put(number % ids, memory, 0);
            }
            isDone.set(true);
            for (Thread reader : readers) {
                reader.join();
            }
        }
        assertEquals(0, torn.get());
    }

    @Test
    void shouldRefuseARowWhenAValueCannotBe() {
        try (FeatureStore store = create(10)) {
            StoreRows.fill(memory, 0, 1);
            store.put(1, memory, 0);
            memory.set(RowLayout.INT, 0, StoreRows.VALUES + 1);
            MillraceException e =
                    assertThrows(MillraceException.class, () -> store.put(1, memory, 0));
            assertEquals(ErrorCode.BAD_INPUT, e.code());
            assertEquals(1, read(store.newReader(), 1));
        }
    }

    @Test
    @Tag("slow")
    void shouldHoldAMillionRowsWhenLoaded() {
        try (RowTable table = StoreRows.table(1_000_000);
                FeatureStore store = create(1_000_000)) {
            store.bulkLoad(table, ProgressListener.NONE);
            assertEquals(1_000_000, store.size());
            RowReader reader = store.newReader();
            for (int row = 0; row < table.count(); row += 997) {
                assertTrue(reader.readInto(table.id(row), memory, 0));
                assertEquals(
                        StoreRows.numberOf(table.segment(), table.offset(row)),
                        read(reader, table.id(row)));
            }
        }
    }

    private int read(RowReader reader, long id) {
        if (!reader.readInto(id, memory, 0)) {
            return -1;
        }
        int number = StoreRows.numberOf(memory, 0);
        assertTrue(number >= 0, "torn row");
        return number;
    }

    private FeatureStore create(long capacity) {
        return FeatureStore.create(folder, "users", StoreRows.LAYOUT, capacity);
    }

    private FeatureStore open() {
        return FeatureStore.open(folder, "users", StoreRows.LAYOUT);
    }

    private record CountingStage(AtomicLong told) implements ProgressListener.Stage {
        @Override
        public void advance(long steps) {
            told.addAndGet(steps);
        }

        @Override
        public void note(String text) {}

        @Override
        public void close() {}
    }
}
