package io.millrace.core.thread;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

@Timeout(60)
class LowPriorityTest {
    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldWorkAtALowPriority() {
        int usual = nice();

        assertEquals(usual + NiceValue.STEP, LowPriority.call("low", LowPriorityTest::nice));
        assertEquals(usual, nice(), "of the caller");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldPassItOnToThreadsThatAreStartedAsEver() {
        CompletableFuture<Integer> nice = new CompletableFuture<>();
        Thread helper = new Thread(() -> nice.complete(nice()));

        LowPriority.call("low", () -> started(helper::start));

        assertEquals(nice() + NiceValue.STEP, nice.join());
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldStartThreadsOfTheUsualPriorityOnTheWay() {
        CompletableFuture<Integer> nice = new CompletableFuture<>();
        Thread goesOn = new Thread(() -> nice.complete(nice()));

        boolean wasStarted =
                LowPriority.call("low", () -> started(() -> LowPriority.start(goesOn)));

        assertTrue(wasStarted);
        assertEquals(nice(), nice.join());
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldMakeThreadsForTheBackground() {
        CompletableFuture<Integer> nice = new CompletableFuture<>();
        Thread background = LowPriority.newThread("low", () -> nice.complete(nice()));

        background.start();

        assertEquals(nice() + NiceValue.STEP, nice.join());
        assertTrue(background.isDaemon());
    }

    @Test
    void shouldStartThreadsWhereNoSuchWorkIsDone() throws InterruptedException {
        CountDownLatch ran = new CountDownLatch(1);

        LowPriority.start(new Thread(ran::countDown));

        ran.await();
    }

    @Test
    void shouldThrowWhatTheWorkThrows() {
        IllegalStateException failure = new IllegalStateException("so");
        assertSame(
                failure,
                assertThrows(
                        IllegalStateException.class,
                        () ->
                                LowPriority.call(
                                        "low",
                                        () -> {
                                            throw failure;
                                        })));
    }

    @Test
    void shouldThrowWhereAThreadIsStartedThatRanAlready() throws InterruptedException {
        Thread ended = new Thread(() -> {});
        ended.start();
        ended.join();

        assertThrows(
                IllegalThreadStateException.class,
                () -> LowPriority.call("low", () -> started(() -> LowPriority.start(ended))));
    }

    @Test
    void shouldPassOnAnInterruptAndKeepIt() {
        Thread caller = Thread.currentThread();

        String came =
                LowPriority.call(
                        "low",
                        () -> {
                            caller.interrupt();
                            try {
                                Thread.sleep(30_000);
                                return "not interrupted";
                            } catch (InterruptedException e) {
                                return "interrupted";
                            }
                        });

        assertEquals("interrupted", came);
        assertTrue(Thread.interrupted(), "the caller");
    }

    private static boolean started(Runnable start) {
        start.run();
        return true;
    }

    private static int nice() {
        return ThreadStatus.current().nice();
    }
}
