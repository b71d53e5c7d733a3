package io.millrace.core.thread;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

@Timeout(60)
class WorkCrewTest {
    @ParameterizedTest
    @CsvSource({"1, 0, 1", "1, 10, 3", "2, 1, 5", "3, 1000, 7", "4, 1001, 1000", "8, 3, 1"})
    void shouldWorkOnEachElementOnce(int threads, int count, int chunk) {
        AtomicIntegerArray visits = new AtomicIntegerArray(count);
        AtomicIntegerArray atWork = new AtomicIntegerArray(threads);
        try (WorkCrew crew = new WorkCrew(threads, "test")) {
            crew.run(
                    count,
                    chunk,
                    (worker, from, to) -> {
                        assertEquals(1, atWork.incrementAndGet(worker), "two share a worker");
                        assertTrue(to - from <= chunk && from < to);
                        for (int i = from; i < to; i++) {
                            visits.incrementAndGet(i);
                        }
                        atWork.decrementAndGet(worker);
                    });
        }
        for (int i = 0; i < count; i++) {
            assertEquals(1, visits.get(i), "element " + i);
        }
    }

    @Test
    void shouldStopAndThrowTheFailureWhenAChunkFails() {
        IllegalStateException failure = new IllegalStateException("chunk 3");
        AtomicInteger chunks = new AtomicInteger();
        try (WorkCrew crew = new WorkCrew(2, "test")) {
            IllegalStateException thrown =
                    assertThrows(
                            IllegalStateException.class,
                            () ->
                                    crew.run(
                                            1_000_000,
                                            1,
                                            (worker, from, to) -> {
                                                if (chunks.incrementAndGet() == 3) {
                                                    throw failure;
                                                }
                                            }));
            assertSame(failure, thrown);
            assertTrue(chunks.get() < 1_000_000, "went on");
        }
    }

    @Test
    void shouldEndAndStayInterruptedWhenTheCallerIsInterrupted() {
        AtomicInteger running = new AtomicInteger();
        try (WorkCrew crew = new WorkCrew(2, "test")) {
            Thread caller = Thread.currentThread();
            MillraceException thrown =
                    assertThrows(
                            MillraceException.class,
                            () ->
                                    crew.run(
                                            2,
                                            1,
                                            (worker, from, to) -> {
                                                running.incrementAndGet();
                                                if (worker != 0) {
                                                    // The caller has come to wait by then.
                                                    awaitWaiting(caller);
                                                    caller.interrupt();
                                                    pause();
                                                } else {
                                                    while (running.get() < 2) {
                                                        Thread.onSpinWait();
                                                    }
                                                }
                                                running.decrementAndGet();
                                            }));
            assertEquals(ErrorCode.UNAVAILABLE, thrown.code());
            assertTrue(Thread.interrupted(), "stays interrupted");
            assertEquals(0, running.get(), "nobody works any more");
        }
    }

    @Test
    void shouldTakeOneThreadInTheBackgroundAndAllProcessorsElsewhere() {
        int processors = Runtime.getRuntime().availableProcessors();
        try (WorkCrew crew = WorkCrew.here("test")) {
            assertEquals(processors, crew.threads());
        }
        int inBackground =
                LowPriority.call(
                        "test",
                        () -> {
                            try (WorkCrew crew = WorkCrew.here("test")) {
                                return crew.threads();
                            }
                        });
        assertEquals(1, inBackground);
    }

    private static void awaitWaiting(Thread caller) {
        while (caller.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
