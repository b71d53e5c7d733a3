package io.millrace.core.file;

import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Takes every block of a section file to its checksum, with several threads: the caller's and some
 * that live only as long as this. They take turns at spans of blocks in the order of the file, so
 * that a disk sees one sequential read. Whatever goes wrong in one of them ends the others, and all
 * have ended when {@link #run} returns or throws.
 *
 * <p>Threading: one thread calls {@link #run}, once.
 */
final class BlockCheck {
    /** What a thread takes at a time; less than this is not worth another thread. */
    private static final int SPAN_BYTES = 4 << 20;

    private static final long NONE = Long.MAX_VALUE;

    /** Brings a block to where it can be summed, and sums it. */
    interface Source {
        int checksum(int block) throws IOException;
    }

    private final SectionTable table;
    private final Source source;
    private final int spanBlocks;
    private final Thread caller = Thread.currentThread();
    private final AtomicInteger nextBlock = new AtomicInteger();

    /**
     * Block in the upper half, what its checksum is in the lower, so that the least is the first.
     */
    private final AtomicLong firstDamaged = new AtomicLong(NONE);

    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    BlockCheck(SectionTable table, Source source) {
        this.table = table;
        this.source = source;
        this.spanBlocks = Math.max(1, SPAN_BYTES / table.blockBytes());
    }

    /**
     * Checks all blocks.
     *
     * @throws MillraceException CORRUPT_FILE for the first damaged block of the file.
     * @throws IOException what a source threw, or ClosedByInterruptException when the caller was
     *     interrupted, who stays so.
     */
    void run(ReadPlan plan) throws IOException {
        long bytes = table.end() - SectionFileLayout.HEADER_LENGTH;
        long spans = Math.max(1, Math.ceilDiv(bytes, SPAN_BYTES));
        int helpers = (int) Math.min(plan.threads(), spans) - 1;
        try (ProgressListener.Stage stage =
                plan.progress().start("read " + table.path().getFileName(), bytes)) {
            List<Thread> threads = new ArrayList<>(helpers);
            try {
                for (int i = 0; i < helpers; i++) {
                    Thread thread = new Thread(() -> work(stage), "millrace-read-" + i);
                    thread.start();
                    threads.add(thread);
                }
                work(stage);
            } catch (Throwable e) {
                // Not one thread more to be had: those that run must end before memory is freed.
                fail(e);
            }
            awaitEnd(threads);
        }
        rethrow();
    }

    private void work(ProgressListener.Stage stage) {
        try {
            while (failure.get() == null) {
                if (caller.isInterrupted()) {
                    throw new ClosedByInterruptException();
                }
                int from = nextBlock.getAndAdd(spanBlocks);
                int to = Math.min(from + spanBlocks, table.blockCount());
                if (from >= to || from > firstDamaged.get() >>> Integer.SIZE) {
                    return;
                }
                stage.advance(check(from, to));
            }
        } catch (Throwable e) {
            fail(e);
        }
    }

    /**
     * Spans are handed out in order, so what lies before the first damage is checked to its end.
     */
    private long check(int from, int to) throws IOException {
        long bytes = 0;
        for (int block = from; block < to && failure.get() == null; block++) {
            int checksum = source.checksum(block);
            if (checksum != table.checksum(block)) {
                long damaged = ((long) block << Integer.SIZE) | Integer.toUnsignedLong(checksum);
                firstDamaged.accumulateAndGet(damaged, Math::min);
                return bytes;
            }
            bytes += table.blockLength(block);
        }
        return bytes;
    }

    private void fail(Throwable e) {
        failure.compareAndSet(null, e);
    }

    private void awaitEnd(List<Thread> threads) {
        boolean isInterrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    isInterrupted = true;
                    fail(new ClosedByInterruptException());
                }
            }
        }
        if (isInterrupted) {
            caller.interrupt();
        }
    }

    private void rethrow() throws IOException {
        Throwable e = failure.get();
        if (e == null) {
            long damaged = firstDamaged.get();
            if (damaged != NONE) {
                throw table.damaged((int) (damaged >>> Integer.SIZE), (int) damaged);
            }
            return;
        }
        // An interrupted read closes the channel below the others: theirs are but consequences.
        if (caller.isInterrupted()) {
            throw new ClosedByInterruptException();
        }
        switch (e) {
            case IOException io -> throw io;
            case RuntimeException own -> throw own;
            case Error own -> throw own;
            default -> throw new AssertionError("no source throws that", e);
        }
    }
}
