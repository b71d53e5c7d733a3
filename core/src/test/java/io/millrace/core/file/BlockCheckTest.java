package io.millrace.core.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.memory.DirectMemory;
import io.millrace.core.progress.ProgressListener;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** The threads that read a file: each block once, and none of them left behind. */
final class BlockCheckTest {
    private static final int BLOCKS = 64;

    @TempDir private Path folder;
    private Path path;
    private SectionTable table;

    @BeforeEach
    void write() throws IOException {
        path = folder.resolve("file");
        try (SectionFileWriter writer = SectionFileWriter.create(path, "BLOCKS", 1)) {
            writer.bytes("zeros", new byte[BLOCKS << 20]).commit();
        }
        try (FileChannel channel = FileChannel.open(path)) {
            table = SectionTable.read(path, channel, "BLOCKS", 1);
        }
        assertEquals(BLOCKS, table.blockCount());
    }

    @AfterEach
    void shouldHaveEndedItsThreads() {
        assertFalse(
                Thread.getAllStackTraces().keySet().stream()
                        .anyMatch(thread -> thread.getName().startsWith("millrace-read-")));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8, 64})
    void shouldReadEachBlockOnceWhenThreadsAreMany(int threads) throws IOException {
        AtomicIntegerArray reads = new AtomicIntegerArray(BLOCKS);
        run(
                threads,
                block -> {
                    reads.incrementAndGet(block);
                    return table.checksum(block);
                });
        for (int block = 0; block < BLOCKS; block++) {
            assertEquals(1, reads.get(block), "block " + block);
        }
    }

    @Test
    void shouldReadSideBySideWhenThreadsAreMany() throws IOException {
        CountDownLatch all = new CountDownLatch(4);
        run(
                4,
                block -> {
                    all.countDown();
                    await(all);
                    return table.checksum(block);
                });
    }

    /** The others are held in their first block until the caller, who failed, waits for them. */
    @Test
    void shouldEndAllWhenOneFails() {
        Thread caller = Thread.currentThread();
        IOException failure = new IOException("the disk is gone");
        AtomicInteger reads = new AtomicInteger();
        IOException e =
                assertThrows(
                        IOException.class,
                        () ->
                                run(
                                        3,
                                        block -> {
                                            reads.incrementAndGet();
                                            if (Thread.currentThread().equals(caller)) {
                                                throw failure;
                                            }
                                            awaitWaiting(caller);
                                            return table.checksum(block);
                                        }));
        assertSame(failure, e);
        assertTrue(reads.get() <= 3, "reads=" + reads);
    }

    @Test
    void shouldEndAllWhenTheCallerIsInterrupted() {
        Thread caller = Thread.currentThread();
        assertThrows(
                ClosedByInterruptException.class,
                () ->
                        run(
                                3,
                                block -> {
                                    if (block == 20) {
                                        caller.interrupt();
                                    }
                                    return table.checksum(block);
                                }));
        assertTrue(Thread.interrupted());
    }

    /** The caller has nothing left to do but to wait for a thread whose read takes long. */
    @Test
    void shouldEndAllWhenTheCallerIsInterruptedWhileItWaits() {
        Thread caller = Thread.currentThread();
        CountDownLatch isReading = new CountDownLatch(1);
        assertThrows(
                ClosedByInterruptException.class,
                () ->
                        run(
                                2,
                                block -> {
                                    if (Thread.currentThread().equals(caller)) {
                                        await(isReading);
                                    } else if (isReading.getCount() > 0) {
                                        isReading.countDown();
                                        interruptWhenWaiting(caller);
                                    }
                                    return table.checksum(block);
                                }));
        assertTrue(Thread.interrupted());
    }

    /** Returns when the interruption was noticed, which clears the mark. */
    private static void interruptWhenWaiting(Thread thread) {
        awaitWaiting(thread);
        thread.interrupt();
        while (thread.isInterrupted()) {
            Thread.onSpinWait();
        }
    }

    private static void awaitWaiting(Thread thread) {
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
    }

    @ParameterizedTest
    @EnumSource(SectionFileOpening.class)
    void shouldSaySoAndFreeMemoryWhenAnOpeningIsInterrupted(SectionFileOpening opening) {
        long before = DirectMemory.allocatedBytes();
        Thread.currentThread().interrupt();
        MillraceException e =
                assertThrows(
                        MillraceException.class, () -> opening.open(path, "BLOCKS", 1).close());
        assertTrue(Thread.interrupted());
        assertEquals(ErrorCode.IO, e.code());
        assertTrue(e.getMessage().contains("interrupted, file=" + path), e.getMessage());
        assertEquals(before, DirectMemory.allocatedBytes());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, ReadPlan.MAX_THREADS + 1})
    void shouldRefuseWhenThreadsCannotBe(int threads) {
        MillraceException e =
                assertThrows(
                        MillraceException.class,
                        () -> new ReadPlan(threads, ProgressListener.NONE));
        assertEquals(ErrorCode.USAGE, e.code());
    }

    private void run(int threads, BlockCheck.Source source) throws IOException {
        new BlockCheck(table, source).run(new ReadPlan(threads, ProgressListener.NONE));
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            if (!latch.await(10, TimeUnit.SECONDS)) {
                throw new IOException("the others did not come");
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
