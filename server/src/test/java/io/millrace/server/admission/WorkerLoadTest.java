package io.millrace.server.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class WorkerLoadTest {
    private static final long NOW = 1_000_000_000L;

    private final WorkerLoad load = new WorkerLoad();

    @Test
    void shouldLeaveAQuarterOfTheTimeForWhatCannotBeForeseen() {
        assertEquals(NOW + 750, WorkerLoad.targetNs(NOW, NOW + 1_000));
        assertEquals(-500 + 75, WorkerLoad.targetNs(-500, -400));
    }

    @Test
    void shouldWaitForWhatRunsAndWhatWaits() {
        assertEquals(0, load.waitNs(NOW));
        load.handedOver(300);
        load.handedOver(200);
        assertEquals(500, load.waitNs(NOW));
        load.taken(300);
        load.begun(NOW + 700);
        assertEquals(900, load.waitNs(NOW));
        assertEquals(600, load.waitNs(NOW + 300));
        load.ended();
        assertEquals(200, load.waitNs(NOW + 300));
    }

    @Test
    void shouldExpectAsMuchAgainWhenARequestIsLate() {
        load.begun(NOW + 1_000);
        assertEquals(50_000, load.waitNs(NOW + 51_000));
        assertFalse(load.admits(NOW + 51_000, NOW + 100_000, 1_000));
        assertTrue(load.admits(NOW + 51_000, NOW + 102_000, 1_000));
    }

    @Test
    void shouldAdmitWhatCanBeAnsweredInTime() {
        load.handedOver(5_000);
        assertTrue(load.admits(NOW, NOW + 6_000, 1_000));
        for (int i = 0; i < 100; i++) {
            assertFalse(load.admits(NOW, NOW + 5_999, 1_000), "others wait: " + i);
        }
    }

    @Test
    void shouldTryOneInThirtyTwoWhenNothingWaitsAndNoneCouldMakeIt() {
        int tried = 0;
        for (int i = 0; i < 320; i++) {
            tried += load.admits(NOW, NOW + 999, 1_000) ? 1 : 0;
        }
        assertEquals(10, tried);
    }
}
