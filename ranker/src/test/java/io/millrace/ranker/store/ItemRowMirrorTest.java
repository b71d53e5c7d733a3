package io.millrace.ranker.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.memory.DirectMemory;
import io.millrace.core.progress.ProgressListener;
import io.millrace.ranker.AllocationProbe;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.features.RowTable;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

final class ItemRowMirrorTest {
    private static final int COUNT = 3_000;

    private final MemorySegment row = Arena.ofAuto().allocate(StoreRows.LAYOUT.rowBytes());

    @TempDir private Path folder;

    @Test
    void shouldHoldTheRowsInOrderWhenMadeOfATable() {
        long allocated = DirectMemory.allocatedBytes();
        try (RowTable items = StoreRows.table(COUNT);
                ItemRowMirror mirror = ItemRowMirror.of(items)) {
            assertEquals(COUNT, mirror.count());
            for (int ordinal = 0; ordinal < COUNT; ordinal++) {
                assertEquals(ordinal, StoreRows.numberOf(mirror.segment(), mirror.offset(ordinal)));
            }
            StoreRows.fill(row, 0, 9_999);
            mirror.update(5, row, 0);
            assertEquals(9_999, StoreRows.numberOf(mirror.segment(), mirror.offset(5)));
        }
        assertEquals(allocated, DirectMemory.allocatedBytes());
    }

    @Test
    void shouldTakeTheRowsOfTheStoreWhenTheyAreNewer() {
        try (RowTable items = StoreRows.table(COUNT);
                FeatureStore store = FeatureStore.create(folder, "items", items.layout(), COUNT)) {
            store.bulkLoad(items, ProgressListener.NONE);
            StoreRows.fill(row, 0, 77_777);
            store.put(items.id(17), row, 0);
            try (ItemRowMirror mirror = ItemRowMirror.of(items, store)) {
                assertEquals(77_777, StoreRows.numberOf(mirror.segment(), mirror.offset(17)));
                assertEquals(16, StoreRows.numberOf(mirror.segment(), mirror.offset(16)));
                StoreRows.fill(row, 0, 88_888);
                mirror.update(18, row, 0);
            }
        }
        try (RowTable items = StoreRows.table(COUNT);
                FeatureStore store = FeatureStore.open(folder, "items", items.layout());
                ItemRowMirror mirror = ItemRowMirror.of(items, store)) {
            assertEquals(77_777, StoreRows.numberOf(mirror.segment(), mirror.offset(17)));
            assertEquals(88_888, StoreRows.numberOf(mirror.segment(), mirror.offset(18)));
        }
    }

    @Test
    void shouldHoldItemsThatComeLaterWhenThereIsRoom() {
        try (RowTable items = StoreRows.table(10);
                FeatureStore store = FeatureStore.create(folder, "items", items.layout(), 10);
                ItemRowMirror mirror = ItemRowMirror.of(items, store, 2)) {
            assertEquals(2, mirror.room());
            for (int number = 0; number < 2; number++) {
                StoreRows.fill(row, 0, 500 + number);
                mirror.put(10 + number, -7 - number, row, 0);
            }
            StoreRows.fill(row, 0, 600);
            mirror.update(11, row, 0);
            assertEquals(10, mirror.count());
            assertEquals(-7, mirror.id(10));
            assertEquals(500, StoreRows.numberOf(mirror.segment(), mirror.offset(10)));
            assertEquals(600, StoreRows.numberOf(mirror.segment(), mirror.offset(11)));
            assertEquals(9, StoreRows.numberOf(mirror.segment(), mirror.offset(9)));
            assertEquals(items.id(9), mirror.id(9));
            assertEquals(0, store.size());
            row.set(RowLayout.INT, 8, -1);
            assertThrows(MillraceException.class, () -> mirror.put(10, -7, row, 0));
            assertEquals(500, StoreRows.numberOf(mirror.segment(), mirror.offset(10)));
        }
    }

    @Test
    void shouldKeepTheRowsOfTheTableWhenTheStoreHasNone() {
        try (RowTable items = StoreRows.table(10);
                FeatureStore store = FeatureStore.create(folder, "items", items.layout(), 10);
                ItemRowMirror mirror = ItemRowMirror.of(items, store)) {
            assertEquals(7, StoreRows.numberOf(mirror.segment(), mirror.offset(7)));
        }
    }

    @Test
    void shouldChangeNothingWhenTheRowCannotBe() {
        try (RowTable items = StoreRows.table(10);
                FeatureStore store = FeatureStore.create(folder, "items", items.layout(), 10)) {
            store.bulkLoad(items, ProgressListener.NONE);
            try (ItemRowMirror mirror = ItemRowMirror.of(items, store)) {
                StoreRows.fill(row, 0, 5);
                row.set(RowLayout.INT, 8, -1);
                MillraceException e =
                        assertThrows(MillraceException.class, () -> mirror.update(3, row, 0));
                assertEquals(ErrorCode.BAD_INPUT, e.code());
                assertEquals(3, StoreRows.numberOf(mirror.segment(), mirror.offset(3)));
                store.newReader().readInto(items.id(3), row, 0);
                assertEquals(3, StoreRows.numberOf(row, 0));
            }
        }
    }

    @Test
    void shouldRefuseAStoreWhenItsRowsAreOfAnotherSchema() {
        try (RowTable items = StoreRows.table(10);
                FeatureStore store =
                        FeatureStore.create(folder, "items", StoreRows.layout("other"), 10)) {
            MillraceException e =
                    assertThrows(MillraceException.class, () -> ItemRowMirror.of(items, store));
            assertEquals(ErrorCode.MISMATCH, e.code());
            assertEquals(
                    ErrorCode.MISMATCH,
                    assertThrows(
                                    MillraceException.class,
                                    () -> store.bulkLoad(items, ProgressListener.NONE))
                            .code());
        }
    }

    @Test
    void shouldAllocateNothingWhenReadAndChanged() {
        try (RowTable items = StoreRows.table(100);
                ItemRowMirror mirror = ItemRowMirror.of(items)) {
            StoreRows.fill(row, 0, 5);
            int[] sum = new int[1];
            assertEquals(
                    0,
                    AllocationProbe.leastBytes(
                            2_000,
                            () -> {
                                mirror.update(sum[0] & 63, row, 0);
                                sum[0] +=
                                        mirror.segment()
                                                .get(RowLayout.INT, mirror.offset(sum[0] & 63));
                            }));
        }
    }
}
