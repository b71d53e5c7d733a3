package io.millrace.core.thread;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

@Timeout(60)
class ShortSliceTest {
    private static final long SHORTEST_NS = 100_000;

    private record Seen(boolean isTaken, long sliceNs, long sliceOfChildNs) {}

    private record Niced(int before, int after) {}

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldTellWhetherItIsTakenAndKeepItFromOthers() {
        long before = ShortSlice.sliceNs();

        Seen seen = inThread(ShortSliceTest::take);

        assertEquals(seen.isTaken() ? SHORTEST_NS : before, seen.sliceNs());
        assertEquals(before, seen.sliceOfChildNs(), "of a thread that it started");
        assertEquals(before, ShortSlice.sliceNs(), "of the thread that started it");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldLeaveTheNiceValue() {
        Niced niced = inThread(ShortSliceTest::raiseAndTake);

        assertTrue(niced.before() >= NiceValue.STEP, niced::toString);
        assertEquals(niced.before(), niced.after());
    }

    private static Seen take() {
        boolean isTaken = ShortSlice.takeForThisThread();
        return new Seen(isTaken, ShortSlice.sliceNs(), inThread(ShortSlice::sliceNs));
    }

    private static Niced raiseAndTake() {
        NiceValue.raiseOfThisThread();
        int before = ThreadStatus.current().nice();
        boolean ignored = ShortSlice.takeForThisThread();
        return new Niced(before, ThreadStatus.current().nice());
    }

    private static <T> T inThread(Supplier<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        new Thread(() -> result.complete(work.get())).start();
        return result.join();
    }
}
