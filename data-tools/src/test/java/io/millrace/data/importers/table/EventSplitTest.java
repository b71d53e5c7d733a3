package io.millrace.data.importers.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.MillraceException;
import io.millrace.core.random.SplitRandom;
import io.millrace.data.dataset.Label;

import org.junit.jupiter.api.Test;

final class EventSplitTest {
    private static final long MS_PER_HOUR = 3_600_000;
    private static final int HOURS = 24;

    /** Whatever the shares and the days: three parts, none empty, each beginning with a day. */
    @Test
    void shouldCutAtBeginningsOfDaysAndLeaveNoPartEmpty() {
        SplitRandom random = new SplitRandom(3);
        for (int round = 0; round < 300; round++) {
            EventColumns events = new EventColumns(0, 0, Label.USUAL);
            int days = 3 + random.nextInt(6);
            for (int day = 0; day < days; day++) {
                int count = 1 + random.nextInt(9);
                for (int i = 0; i < count; i++) {
                    long hour = (long) day * HOURS + random.nextInt(HOURS);
                    events.add(0, 0, hour * MS_PER_HOUR, 0, 0);
                }
            }
            double history = 0.05 + 0.9 * random.nextDouble();
            double test = (1 - history) * (0.05 + 0.9 * random.nextDouble());
            EventSplit split = EventSplit.of(events, new SplitPlan(history, test), 0);
            assertTrue(split.trainFrom() > 0);
            assertTrue(split.parts().test().from() > split.trainFrom());
            assertTrue(split.parts().test().from() < events.count());
            for (int from : new int[] {split.trainFrom(), split.parts().test().from()}) {
                assertTrue(day(split, from - 1) < day(split, from));
            }
            assertEquals(events.timeMs(split.order()[split.trainFrom()]), split.trainFromMs());
        }
    }

    /** Ten days of ten events: six tenths and two tenths are whole days. */
    @Test
    void shouldGiveTheSharesWhereDaysAllowIt() {
        EventColumns events = new EventColumns(0, 0, Label.USUAL);
        for (int i = 0; i < 100; i++) {
            events.add(0, 0, i / 10L * HOURS * MS_PER_HOUR + i, 0, 0);
        }
        EventSplit split = EventSplit.of(events, new SplitPlan(0.6, 0.2), 0);
        assertEquals(60, split.trainFrom());
        assertEquals(80, split.parts().test().from());
    }

    /** Three events two hours apart, around midnights of a place eight hours east only. */
    @Test
    void shouldCountDaysByLocalTime() {
        EventColumns events = new EventColumns(0, 0, Label.USUAL);
        for (long hour : new long[] {15, 17, 41}) {
            events.add(0, 0, hour * MS_PER_HOUR, 0, 0);
        }
        EventSplit split = EventSplit.of(events, SplitPlan.DEFAULT, 8 * 60);
        assertEquals(1, split.trainFrom());
        assertEquals(2, split.parts().test().from());
        assertThrows(MillraceException.class, () -> EventSplit.of(events, SplitPlan.DEFAULT, 0));
    }

    private static long day(EventSplit split, int index) {
        return Math.floorDiv(split.events().timeMs(split.order()[index]), HOURS * MS_PER_HOUR);
    }
}
