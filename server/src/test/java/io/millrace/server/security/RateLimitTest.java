package io.millrace.server.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;

class RateLimitTest {
    private static final long SECOND = 1_000_000_000L;

    /** A bucket as it is usually written: what is in it, and when it was last looked into. */
    private static final class PlainBucket {
        private final double perNs;
        private final int burst;
        private double level;
        private long lastNs;

        PlainBucket(double perSecond, int burst, long nowNs) {
            this.perNs = perSecond / SECOND;
            this.burst = burst;
            this.level = burst;
            this.lastNs = nowNs;
        }

        double levelAt(long nowNs) {
            level = Math.min(burst, level + (nowNs - lastNs) * perNs);
            lastNs = nowNs;
            return level;
        }
    }

    @Test
    void shouldAgreeWithAPlainBucketWhenAskedAtAnyTime() {
        SplittableRandom random = new SplittableRandom(7);
        for (int round = 0; round < 200; round++) {
            double perSecond = 1 + random.nextInt(1_000);
            int burst = 1 + random.nextInt(50);
            // Near the end of the range, where times wrap around.
            long nowNs = Long.MAX_VALUE - SECOND;
            RateLimit limit = new RateLimit(perSecond, burst, nowNs);
            PlainBucket bucket = new PlainBucket(perSecond, burst, nowNs);
            for (int i = 0; i < 500; i++) {
                nowNs += random.nextLong(2 * (long) (SECOND / perSecond));
                double level = bucket.levelAt(nowNs);
                long waitNs = limit.take(nowNs);
                if (Math.abs(level - 1) > 1e-3) {
                    assertEquals(level > 1, waitNs == 0, () -> "level=" + level);
                }
                if (waitNs == 0) {
                    bucket.level--;
                } else {
                    double lacking = (1 - level) / perSecond * SECOND;
                    assertEquals(lacking, (double) waitNs, 1e-3 / perSecond * SECOND + 2);
                }
            }
        }
    }

    @Test
    void shouldLetInExactlyTheBurstWhenManyAskAtOnce() throws InterruptedException {
        RateLimit limit = new RateLimit(10, 1_000, 0);
        AtomicInteger taken = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            threads.add(
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        for (int j = 0; j < 5_000; j++) {
                                            if (limit.take(0) == 0) {
                                                taken.incrementAndGet();
                                            }
                                        }
                                    }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(1_000, taken.get());
        assertEquals(0, limit.take(SECOND / 10));
        assertTrue(limit.take(SECOND / 10) > 0);
    }
}
