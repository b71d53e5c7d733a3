package io.millrace.core.thread;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

@Timeout(60)
class RealTimePriorityTest {
    private static final int USUAL = 0;
    private static final int FIFO = 1;

    private record Seen(boolean isTaken, int policy, int policyOfChild) {}

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldTellWhetherItIsTakenAndKeepItFromOthers() {
        int before = policy();

        Seen seen = inThread(RealTimePriorityTest::take);

        assertEquals(seen.isTaken() ? FIFO : USUAL, seen.policy());
        assertEquals(USUAL, seen.policyOfChild());
        assertEquals(before, policy(), "of the thread that started it");
    }

    private static Seen take() {
        boolean isTaken = RealTimePriority.takeForThisThread();
        return new Seen(isTaken, policy(), inThread(RealTimePriorityTest::policy));
    }

    private static <T> T inThread(Supplier<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        new Thread(() -> result.complete(work.get())).start();
        return result.join();
    }

    private static int policy() {
        return ThreadStatus.current().policy();
    }
}
