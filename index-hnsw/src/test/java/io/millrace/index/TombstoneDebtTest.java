package io.millrace.index;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.core.random.SplitRandom;
import io.millrace.index.graph.LiveGraphCheck;
import io.millrace.index.graph.ReaderEpochs;

import org.junit.jupiter.api.Test;

/** What deletions hold, against a plain count of slots. */
final class TombstoneDebtTest {
    private static final int ITEMS = 300;

    @Test
    void shouldTellWhatIsHeldAndByWhom() {
        try (VectorSet rows = Worlds.GAUSSIAN.rows(2 * ITEMS, 16, 1);
                VectorSet none = VectorSet.allocate(0, 16);
                HnswIndex source = HnswRecallTest.build(none, Metric.L2, 1);
                MutableHnswIndex index = MutableHnswIndex.copyOf(source, 2 * ITEMS)) {
            assertDebt(index, 0, 0, 0, 0);
            for (int i = 0; i < ITEMS; i++) {
                index.insert(i, Worlds.row(rows, i));
            }
            assertDebt(index, ITEMS, 0, 0, 0);
            index.settle();
            ReaderEpochs.Reader search = index.live().epochs().newReader();
            search.enter();
            for (int i = 0; i < 10; i++) {
                index.upsert(i, Worlds.row(rows, ITEMS + i));
            }
            index.delete(10);
            index.delete(11);
            TombstoneDebt debt = index.tombstoneDebt();
            assertEquals(12, debt.linked() + debt.waiting());
            assertEquals(12 / (ITEMS - 2 + 12.0), debt.share());
            index.settle();
            assertDebt(index, ITEMS - 2, 0, 12, 0);
            search.leave();
            assertDebt(index, ITEMS - 2, 0, 0, 12);
            assertEquals(0, index.tombstoneDebt().share());
            index.insert(10, Worlds.row(rows, 10));
            assertDebt(index, ITEMS - 1, 0, 0, 11);
        }
    }

    @Test
    void shouldCountEachSlotOnceWhenChangedAtRandom() {
        SplitRandom random = new SplitRandom(3);
        try (VectorSet rows = Worlds.GAUSSIAN.rows(ITEMS, 16, 1);
                HnswIndex source = HnswRecallTest.build(rows, Metric.L2, 1);
                MutableHnswIndex index = MutableHnswIndex.copyOf(source, ITEMS)) {
            long[] ids = Worlds.ids(ITEMS);
            for (int change = 0; change < 400; change++) {
                int item = random.nextInt(ITEMS);
                if (random.nextInt(2) == 0) {
                    index.upsert(ids[item], Worlds.row(rows, random.nextInt(ITEMS)));
                } else if (index.ids().slotOf(ids[item]) != VectorIndex.NO_ORDINAL) {
                    index.delete(ids[item]);
                }
                TombstoneDebt debt = index.tombstoneDebt();
                int[] slots = LiveGraphCheck.slotsByState(index.live());
                assertEquals(slots[0], debt.free());
                assertEquals(slots[1], debt.items());
                assertEquals(slots[2], debt.linked());
                assertEquals(slots[3], debt.waiting());
            }
        }
    }

    private static void assertDebt(
            MutableHnswIndex index, int items, int linked, int waiting, int free) {
        assertEquals(new TombstoneDebt(items, linked, waiting, free), index.tombstoneDebt());
    }
}
