package io.millrace.client;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waits for what happens on other threads. */
final class Eventually {
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(20);

    private Eventually() {}

    static void isTrue(BooleanSupplier condition, String what) throws InterruptedException {
        long startNs = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - startNs < LIMIT_NS, "never happened: " + what);
            Thread.sleep(2);
        }
    }
}
