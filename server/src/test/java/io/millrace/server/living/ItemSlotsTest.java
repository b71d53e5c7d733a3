package io.millrace.server.living;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.core.random.SplitRandom;

import org.junit.jupiter.api.Test;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

class ItemSlotsTest {
    @Test
    void shouldFindWhatAMapFinds() {
        for (int capacity : new int[] {1, 2, 3, 64, 1_000}) {
            ItemSlots slots = new ItemSlots(capacity);
            Map<Integer, Integer> expected = new HashMap<>();
            SplitRandom random = new SplitRandom(capacity);
            while (expected.size() < capacity) {
                int id = random.nextInt(2 * capacity) - capacity;
                int known = expected.getOrDefault(id, ItemSlots.NO_SLOT);
                assertEquals(known, slots.slotOf(id));
                if (known == ItemSlots.NO_SLOT) {
                    slots.add(id);
                    expected.put(id, expected.size());
                }
            }
            for (int id = -capacity - 1; id <= capacity; id++) {
                assertEquals(
                        expected.getOrDefault(id, ItemSlots.NO_SLOT).intValue(), slots.slotOf(id));
            }
        }
    }

    /** Another thread finds what was added before it was told so. */
    @Test
    void shouldFindIdsWhileOthersAreAdded() throws InterruptedException {
        int count = 50_000;
        ItemSlots slots = new ItemSlots(count);
        AtomicInteger added = new AtomicInteger();
        Thread writer =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    for (int i = 0; i < count; i++) {
                                        slots.add(i * 7L);
                                        added.setRelease(i + 1);
                                    }
                                });
        SplitRandom random = new SplitRandom(3);
        int seen = 0;
        while (seen < count) {
            seen = added.getAcquire();
            if (seen > 0) {
                int slot = random.nextInt(seen);
                assertEquals(slot, slots.slotOf(slot * 7L));
            }
        }
        writer.join();
    }
}
