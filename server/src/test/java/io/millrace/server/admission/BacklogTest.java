package io.millrace.server.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.random.SplitRandom;

import org.junit.jupiter.api.Test;

import java.util.ArrayDeque;
import java.util.Deque;

class BacklogTest {
    /** A request as the oracle sees it. */
    private record Waiting(int number, long targetNs, long shortestNs) {}

    private static long spareOf(Deque<Waiting> all, long nowNs) {
        long least = Backlog.ANY_TIME;
        long atNs = nowNs;
        for (Waiting one : all) {
            atNs += one.shortestNs();
            if (one.targetNs() != Backlog.ANY_TIME) {
                least = Math.min(least, one.targetNs() - atNs);
            }
        }
        return least;
    }

    @Test
    void shouldTellTheSpareTimeOfTheMostUrgentWhenAnythingIsAddedAndTaken() {
        for (long seed = 1; seed <= 50; seed++) {
            SplitRandom random = new SplitRandom(seed);
            int capacity = 1 + random.nextInt(40);
            Backlog<Integer> backlog = new Backlog<>(capacity);
            Deque<Waiting> oracle = new ArrayDeque<>();
            // Clocks of this kind may be near their end, and go on behind it.
            long nowNs = Long.MAX_VALUE - 50_000;
            for (int step = 0; step < 2_000; step++) {
                nowNs += random.nextInt(100);
                boolean isAdded = oracle.size() < capacity && random.nextInt(2) == 0;
                if (isAdded) {
                    boolean isUrgent = random.nextInt(4) > 0;
                    long targetNs = isUrgent ? nowNs + random.nextInt(4_000) : Backlog.ANY_TIME;
                    Waiting one = new Waiting(step, targetNs, random.nextInt(300));
                    oracle.addLast(one);
                    backlog.add(step, targetNs, one.shortestNs());
                } else {
                    Waiting first = oracle.pollFirst();
                    assertEquals(first == null ? null : first.number(), backlog.poll());
                }
                assertEquals(oracle.size(), backlog.size());
                long expected = spareFrom(oracle, nowNs);
                assertEquals(expected, backlog.spareNs(nowNs), "seed " + seed + " step " + step);
            }
        }
    }

    /** As {@link #spareOf}, told by differences so that the clock may overflow. */
    private static long spareFrom(Deque<Waiting> all, long nowNs) {
        Deque<Waiting> moved = new ArrayDeque<>();
        for (Waiting one : all) {
            boolean isUrgent = one.targetNs() != Backlog.ANY_TIME;
            long targetNs = isUrgent ? one.targetNs() - nowNs : Backlog.ANY_TIME;
            moved.addLast(new Waiting(one.number(), targetNs, one.shortestNs()));
        }
        return spareOf(moved, 0);
    }

    @Test
    void shouldRefuseMoreThanThereIsRoomFor() {
        Backlog<String> backlog = new Backlog<>(2);
        backlog.add("a", 10, 1);
        backlog.add("b", 10, 1);
        assertThrows(IllegalStateException.class, () -> backlog.add("c", 10, 1));
        assertEquals("a", backlog.poll());
        backlog.add("c", 10, 1);
        assertEquals("b", backlog.poll());
        assertEquals("c", backlog.poll());
        assertNull(backlog.poll());
        assertTrue(backlog.size() == 0);
    }
}
