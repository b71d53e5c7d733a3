package io.millrace.client.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.client.connection.Timers.Timer;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

final class TimersTest {
    /** Close enough to the end for the time to wrap around. */
    private static final long START_NS = Long.MAX_VALUE - 15;

    private final Timers timers = new Timers();
    private final List<String> done = new ArrayList<>();

    private static long at(long afterNs) {
        return START_NS + afterNs;
    }

    private Timer schedule(long afterNs, String name) {
        return timers.schedule(at(afterNs), () -> done.add(name));
    }

    @Test
    void shouldRunWhatIsDueInTheOrderOfTheirTimes() {
        schedule(30, "d");
        schedule(20, "b");
        schedule(20, "c");
        schedule(10, "a");
        assertEquals(10, timers.untilNextNs(at(0)));
        timers.runDue(at(9));
        assertEquals(List.of(), done);
        timers.runDue(at(20));
        assertEquals(List.of("a", "b", "c"), done);
        assertEquals(5, timers.untilNextNs(at(25)));
        assertEquals(0, timers.untilNextNs(at(40)));
        timers.runDue(at(40));
        assertEquals(List.of("a", "b", "c", "d"), done);
        assertEquals(Timers.NEVER, timers.untilNextNs(at(0)));
    }

    @Test
    void shouldForgetWhatIsCancelled() {
        Timer first = schedule(10, "a");
        schedule(20, "b");
        timers.cancel(first);
        assertEquals(20, timers.untilNextNs(at(0)));
        timers.runDue(at(20));
        timers.cancel(first);
        assertEquals(List.of("b"), done);
    }

    @Test
    void shouldLetATimerCancelAnotherThatIsDueAsWell() {
        Timer[] second = new Timer[1];
        timers.schedule(at(0), () -> timers.cancel(second[0]));
        second[0] = schedule(1, "b");
        schedule(2, "c");
        timers.runDue(at(5));
        assertEquals(List.of("c"), done);
    }
}
