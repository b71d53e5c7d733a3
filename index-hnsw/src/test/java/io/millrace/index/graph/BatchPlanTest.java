package io.millrace.index.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class BatchPlanTest {
    @Test
    void shouldGrowWithTheGraphWhenItIsSmallAndStopAtAShareOfIt() {
        BatchPlan plan = BatchPlan.DEFAULT;
        assertEquals(1, plan.size(1, 10_000, 10_000, 32));
        assertEquals(1, plan.size(39, 10_000, 10_000, 32));
        assertEquals(2, plan.size(40, 10_000, 10_000, 32));
        assertEquals(200, plan.size(4_000, 10_000, 10_000, 32));
        assertEquals(200, plan.size(9_000, 10_000, 10_000, 32));
        assertEquals(50, plan.size(9_950, 10_000, 10_000, 32));
    }

    @Test
    void shouldTakeOneAfterTheOtherWhenThereAreNoBatches() {
        BatchPlan plan = new BatchPlan(0, 0, 1);
        assertEquals(1, plan.size(1, 10_000, 10_000, 32));
        assertEquals(1, plan.size(9_999, 10_000, 10_000, 32));
    }

    /** Members of a batch and their links are counted by an int. */
    @Test
    void shouldFitAnArrayWhenNodesAreAsManyAsThereCanBe() {
        int most = Integer.MAX_VALUE;
        for (int links : new int[] {1, 8, 32, 256}) {
            long size = BatchPlan.DEFAULT.size(most - 1_000_000_000, most, most, links);
            assertTrue(size >= 8_000_000, "size=" + size);
            assertTrue(size * links <= most - 8, "links=" + size * links);
        }
    }
}
