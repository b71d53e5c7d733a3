package io.millrace.core.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Many read a file while one saves it again and again: each sees one whole version. */
final class SectionFileSwapTest {
    private static final int VERSIONS = 20;
    private static final int NUMBERS = 1_500_000;

    @TempDir private Path folder;

    @Test
    void shouldSeeOneVersionWhenTheFileIsReplaced() throws Exception {
        Path path = folder.resolve("file");
        write(path, 0);
        AtomicBoolean isDone = new AtomicBoolean();
        ExecutorService readers = Executors.newFixedThreadPool(4);
        try {
            List<Future<Integer>> seen = new ArrayList<>();
            for (SectionFileOpening opening : SectionFileOpening.values()) {
                seen.add(readers.submit(() -> readUntil(isDone, opening, path)));
                seen.add(readers.submit(() -> readUntil(isDone, opening, path)));
            }
            for (int version = 1; version <= VERSIONS; version++) {
                write(path, version);
            }
            isDone.set(true);
            for (Future<Integer> each : seen) {
                assertTrue(each.get(20, TimeUnit.SECONDS) > 0);
            }
        } finally {
            isDone.set(true);
            readers.shutdownNow();
        }
    }

    private static int readUntil(AtomicBoolean isDone, SectionFileOpening opening, Path path) {
        int openings = 0;
        int last = 0;
        while (!isDone.get() || openings == 0) {
            try (SectionFile file = opening.open(path, "SWAPPED", 1)) {
                int[] numbers = file.readInts("numbers");
                assertEquals(NUMBERS, numbers.length);
                assertTrue(numbers[0] >= last, "an older version came back");
                last = numbers[0];
                for (int number : numbers) {
                    assertEquals(last, number);
                }
                openings++;
            }
        }
        return openings;
    }

    private static void write(Path path, int version) {
        int[] numbers = new int[NUMBERS];
        Arrays.fill(numbers, version);
        try (SectionFileWriter writer = SectionFileWriter.create(path, "SWAPPED", 1)) {
            writer.ints("numbers", numbers).commit();
        }
    }
}
