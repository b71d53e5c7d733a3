package io.millrace.core.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

final class ProcessMeterTest {
    /** Else the compiler finds that nobody needs the memory. */
    private volatile long[] kept = {};

    @Test
    void shouldCountProcessorTimeAndAllocationOfTheWorkInBetween() {
        ProcessMeter meter = new ProcessMeter();
        ProcessUsage before = meter.read();
        long sum = 0;
        long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(300);
        while (System.nanoTime() - endNs < 0) {
            kept = new long[1 << 10];
            sum += kept.length;
        }
        ProcessUsage used = meter.read().since(before);
        assertTrue(sum > 0);
        assertTrue(used.cpuSeconds() > 0.03, used.toString());
        assertTrue(used.cpuSeconds() < 60, used.toString());
        assertTrue(used.allocatedBytes() >= sum * Long.BYTES, used + ", sum=" + sum);
        assertTrue(used.residentBytes() > 1 << 20, used.toString());
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldTellWhatTheHostTookAsTheSystemDoes() throws IOException {
        double before = stolenTicks() / 100.0;
        double told = new ProcessMeter().read().stolenSeconds();
        assertTrue(told >= before, told + ", before=" + before);
        assertTrue(told <= stolenTicks() / 100.0, told + ", before=" + before);
    }

    private static long stolenTicks() throws IOException {
        Matcher steal =
                Pattern.compile("(?m)^cpu +(\\d+ ){7}(\\d+)")
                        .matcher(Files.readString(Path.of("/proc/stat")));
        assertTrue(steal.find());
        return Long.parseLong(steal.group(2));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldCountSwitchesOfAllThreadsWhenTheyWait() throws InterruptedException {
        ProcessMeter meter = new ProcessMeter();
        ProcessUsage before = meter.read();
        Thread sleeper =
                new Thread(
                        () -> {
                            for (int i = 0; i < 50; i++) {
                                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
                            }
                            LockSupport.park();
                        });
        sleeper.setDaemon(true);
        sleeper.start();
        while (sleeper.getState() != Thread.State.WAITING) {
            Thread.sleep(5);
        }
        ProcessUsage used = meter.read().since(before);
        LockSupport.unpark(sleeper);
        sleeper.join();
        assertTrue(used.voluntarySwitches() >= 50, used.toString());
        // What is counted stays counted when the thread is gone.
        ProcessUsage after = meter.read().since(before);
        assertTrue(after.voluntarySwitches() >= used.voluntarySwitches(), after.toString());
    }

    @Test
    void shouldSubtractAllButMemoryWhenAskedForADifference() {
        ProcessUsage before = new ProcessUsage(1, 0.5, 2, 3, 4, 5, 600, 7, 8, 9);
        ProcessUsage after = new ProcessUsage(11, 0.75, 22, 33, 44, 55, 500, 77, 88, 99);
        assertEquals(
                new ProcessUsage(10, 0.25, 20, 30, 40, 50, 500, 70, 80, 90), after.since(before));
    }
}
