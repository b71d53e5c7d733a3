package io.millrace.jmh;

import io.millrace.core.error.MillraceException;
import io.millrace.core.file.TemporaryPaths;
import io.millrace.core.journal.Journal;
import io.millrace.core.journal.JournalEntry;
import io.millrace.core.journal.JournalPlan;
import io.millrace.core.log.LogKind;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Brings entries of 100 bytes to the disk, so many of them at a time, and waits until all are
 * settled: microseconds for all of them together, in a folder of {@code java.io.tmpdir}. Beside it
 * stands how many syncs there were.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@State(Scope.Thread)
public class JournalBenchmark {
    private static final int ENTRY_BYTES = 100;
    private static final long FILE_BYTES = 64 << 20;

    /** How many entries wait at the same time. */
    @Param({"1", "8", "64"})
    public int entries;

    private final Semaphore settled = new Semaphore(0);
    private final JournalEntry entry = new CountedEntry(settled);
    private Journal journal;

    /** How often the disk was waited for. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Syncs {
        /** Groups that were written, each with one sync. */
        public long syncs;

        /** Begins to count. */
        @Setup(Level.Iteration)
        public void clear() {
            syncs = 0;
        }
    }

    /**
     * Opens a journal and looks whether it settles what it is given.
     *
     * @throws IOException when there is no folder for it.
     */
    @Setup
    public void prepare() throws IOException {
        Path folder = Files.createTempDirectory("millrace-jmh-");
        AtExit.close(() -> TemporaryPaths.remove(folder));
        LogKind kind = new LogKind("measured", "MEASURED", 1);
        JournalPlan plan = new JournalPlan(folder, kind, ENTRY_BYTES, FILE_BYTES, entries);
        journal = AtExit.close(Journal.open(plan, 0, (sequence, buffer, offset, length) -> {}));
        settle();
        Expect.that(
                journal.entryCount() == entries, "settled %d of %d", journal.entryCount(), entries);
    }

    /** Settles all of them. */
    @Benchmark
    public void settle(Syncs counted) {
        long before = journal.groupCount();
        settle();
        counted.syncs += journal.groupCount() - before;
    }

    private void settle() {
        for (int i = 0; i < entries; i++) {
            journal.submit(entry);
        }
        settled.acquireUninterruptibly(entries);
    }

    /** Any number of entries of the same bytes. */
    private static final class CountedEntry implements JournalEntry {
        private final DirectBuffer content = new UnsafeBuffer(new byte[ENTRY_BYTES]);
        private final Semaphore settled;

        CountedEntry(Semaphore settled) {
            this.settled = settled;
        }

        @Override
        public DirectBuffer content() {
            return content;
        }

        @Override
        public int contentBytes() {
            return ENTRY_BYTES;
        }

        @Override
        public void settled(long sequence) {
            settled.release();
        }

        @Override
        public void refused(MillraceException reason) {
            throw reason;
        }
    }
}
