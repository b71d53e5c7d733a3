package io.millrace.ranker.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.random.SplitRandom;
import io.millrace.ranker.features.RowTable;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** Rows of one moment, held against a plain map of that moment. */
@Timeout(60)
final class StoreMomentTest {
    private static final int CAPACITY = 20_000;
    private static final int IDS = 30_000;

    @TempDir private Path folder;
    private final Map<Long, Integer> now = new HashMap<>();
    private final AtomicBoolean isStopped = new AtomicBoolean();
    private Map<Long, Integer> copied = Map.of();

    /** Rows change and come all the time; a row and what the map says of it are one change. */
    private void change(FeatureStore store, int seed) {
        SplitRandom random = new SplitRandom(seed);
        MemorySegment row = Arena.ofAuto().allocate(StoreRows.LAYOUT.rowBytes());
        while (!isStopped.get()) {
            put(store, row, idOf(random.nextInt(IDS)), random.nextInt(1 << 20));
        }
    }

    private static long idOf(int number) {
        return number == 0 ? Long.MIN_VALUE : number == 1 ? Long.MAX_VALUE : number - 500L;
    }

    private void put(FeatureStore store, MemorySegment row, long id, int number) {
        synchronized (store) {
            StoreRows.fill(row, 0, number);
            store.put(id, row, 0);
            now.put(id, number);
        }
    }

    @Test
    void shouldWriteTheRowsOfOneMomentWhenTheyGoOnChanging() throws Exception {
        try (FeatureStore store = FeatureStore.create(folder, "rows", StoreRows.LAYOUT, CAPACITY)) {
            MemorySegment row = Arena.ofAuto().allocate(StoreRows.LAYOUT.rowBytes());
            for (int number = 0; number < CAPACITY / 2; number++) {
                put(store, row, idOf(number), number);
            }
            Thread writer = Thread.ofPlatform().start(() -> change(store, 5));
            int changed = 0;
            for (int round = 0; round < 8; round++) {
                Map<Long, Integer> then;
                Path file = folder.resolve("moment-" + round);
                try (StoreMoment moment = moment(store)) {
                    then = copied;
                    assertEquals(then.size(), moment.count());
                    moment.write(file, () -> {});
                }
                assertHolds(then, file);
                synchronized (store) {
                    changed += then.equals(now) ? 0 : 1;
                }
            }
            isStopped.set(true);
            writer.join();
            assertTrue(changed > 4, "nothing changed meanwhile");
        }
    }

    private StoreMoment moment(FeatureStore store) {
        synchronized (store) {
            copied = new HashMap<>(now);
            return store.moment();
        }
    }

    private static void assertHolds(Map<Long, Integer> expected, Path file) {
        try (RowTable table = RowTable.open(file, StoreRows.LAYOUT)) {
            assertEquals(expected.size(), table.count());
            for (int row = 0; row < table.count(); row++) {
                int number = StoreRows.numberOf(table.segment(), table.offset(row));
                assertEquals(expected.get(table.id(row)), number, "id " + table.id(row));
            }
            assertEquals(
                    RowTable.fileBytes(StoreRows.LAYOUT, table.count()), file.toFile().length());
        }
    }

    @Test
    void shouldKeepOneMomentAtATime() throws Exception {
        try (FeatureStore store = FeatureStore.create(folder, "rows", StoreRows.LAYOUT, 10)) {
            MemorySegment row = Arena.ofAuto().allocate(StoreRows.LAYOUT.rowBytes());
            put(store, row, 1, 1);
            try (StoreMoment first = store.moment()) {
                assertEquals(1, first.count());
                MillraceException refused = assertThrows(MillraceException.class, store::moment);
                assertEquals(ErrorCode.UNAVAILABLE, refused.code());
            }
            try (StoreMoment next = store.moment()) {
                Path file = folder.resolve("given-up");
                assertThrows(
                        IllegalStateException.class,
                        () ->
                                next.write(
                                        file,
                                        () -> {
                                            throw new IllegalStateException();
                                        }));
                assertTrue(Files.notExists(file));
            }
        }
    }
}
