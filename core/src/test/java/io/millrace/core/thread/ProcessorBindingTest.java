package io.millrace.core.thread;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

@Timeout(60)
@EnabledOnOs(OS.LINUX)
class ProcessorBindingTest {
    @Test
    void shouldStayOnTheProcessor() {
        String before = processors();
        int last = Integer.parseInt(before.replaceAll(".*[-,]", ""));

        String after =
                inThread(
                        () -> {
                            assertTrue(ProcessorBinding.bindThisThread(last));
                            return processors();
                        });

        assertEquals(String.valueOf(last), after);
        assertEquals(before, processors(), "of the thread that started it");
    }

    @Test
    void shouldGoOnAsBeforeWhereThereIsNoSuchProcessor() {
        String before = processors();

        for (int none : new int[] {-1, ProcessorBinding.MOST - 1, ProcessorBinding.MOST}) {
            assertFalse(inThread(() -> ProcessorBinding.bindThisThread(none)), "number " + none);
        }
        assertEquals(before, inThread(ProcessorBindingTest::processors));
    }

    private static <T> T inThread(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, task -> new Thread(task).start()).join();
    }

    private static String processors() {
        return ThreadStatus.current().processors();
    }
}
