package io.millrace.core.thread;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

@Timeout(60)
class AsideTest {
    @Test
    void shouldGoOnBesideTheCallerWhereThereAreProcessors() {
        CountDownLatch goneOn = new CountDownLatch(LowPriority.threads() > 1 ? 1 : 0);
        Aside<String> aside =
                Aside.begin(
                        "test",
                        () -> {
                            await(goneOn);
                            return "done";
                        });
        goneOn.countDown();

        assertEquals("done", aside.result());
    }

    @Test
    void shouldThrowWhatItThrewWhenAskedForTheResult() {
        IllegalStateException failure = new IllegalStateException("no");
        Aside<String> aside = Aside.begin("test", () -> fail(failure));

        assertSame(failure, assertThrows(IllegalStateException.class, aside::result));
        aside.close();
        aside.drop(result -> assertEquals("none came", result));
    }

    @Test
    void shouldBeOverWhenItWasClosed() {
        AtomicBoolean isOver = new AtomicBoolean();
        Aside<Boolean> aside =
                Aside.begin(
                        "test",
                        () -> {
                            pause();
                            isOver.set(true);
                            return true;
                        });

        aside.close();

        assertTrue(isOver.get());
    }

    @Test
    void shouldGiveTheResultToWhoEndsItWhenItIsDropped() {
        List<String> ended = new ArrayList<>();

        Aside.begin("test", () -> "opened").drop(ended::add);

        assertEquals(List.of("opened"), ended);
    }

    @Test
    void shouldBeDoneByTheCallerInTheBackground() {
        LowPriority.call(
                "test",
                () -> {
                    Aside<Thread> aside = Aside.begin("test", Thread::currentThread);
                    assertSame(Thread.currentThread(), aside.result());
                    return true;
                });
    }

    private static String fail(RuntimeException failure) {
        throw failure;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
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
