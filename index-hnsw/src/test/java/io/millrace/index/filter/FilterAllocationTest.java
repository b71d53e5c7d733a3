package io.millrace.index.filter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.metrics.AllocationMeter;
import io.millrace.core.random.SplitRandom;
import io.millrace.index.attributes.AttributeTable;
import io.millrace.index.predicate.Predicate;

import org.junit.jupiter.api.Test;

import java.util.concurrent.TimeUnit;

/** A plan allocates nothing once it is compiled, whatever values its parameters get. */
final class FilterAllocationTest {
    private static final int ROWS = 20_000;
    private static final int ROUNDS = 60;
    private static final int PATIENCE_SECONDS = 30;

    @Test
    void shouldAllocateNothingWhenWarm() {
        String text =
                "price < $1 and category in ('c''1', $2, 'nowhere') and not tags has any ('t''1')"
                        + " and (stock between $3 and 5 or preorder = $4 or brand = 'b''7'"
                        + " or words has all ('w''1', 'w''2') or made_at is missing)";
        try (AttributeTable table = RandomRows.table(RandomRows.of(new SplitRandom(3), ROWS))) {
            FilterPlan plan = FilterPlan.of(Predicate.compile(text, table.schema()), table);
            OrdinalBitSet set = new OrdinalBitSet(ROWS);
            OrdinalBitSet other = new OrdinalBitSet(ROWS);
            String[] categories = {"c'2", "c'3", "elsewhere"};
            long least = Long.MAX_VALUE;
            long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            for (int round = 0; least > 0 && System.nanoTime() - endNs < 0; round++) {
                long before = AllocationMeter.currentThreadAllocatedBytes();
                boolean isMet = work(plan, set, other, categories);
                long bytes = AllocationMeter.currentThreadAllocatedBytes() - before;
                assertTrue(isMet);
                if (round >= ROUNDS) {
                    least = Math.min(least, bytes);
                }
            }
            assertEquals(0, least);
        }
    }

    private static boolean work(
            FilterPlan plan, OrdinalBitSet set, OrdinalBitSet other, String[] categories) {
        boolean isMet = false;
        for (int i = 0; i < categories.length; i++) {
            plan.setDecimal(1, 1.5 + i);
            plan.setText(2, categories[i]);
            plan.setWhole(3, i);
            plan.setTruth(4, i == 1);
            plan.fillInto(set);
            other.fill();
            other.andNot(set);
            other.not();
            int count = 0;
            for (int row = set.nextSet(0); row != OrdinalSet.NONE; row = set.nextSet(row + 1)) {
                count += plan.test(row) && other.contains(row) ? 1 : 0;
            }
            isMet |=
                    count > 0
                            && count == set.cardinality()
                            && count == plan.count()
                            && plan.estimateSelectivity() > 0;
        }
        return isMet;
    }
}
