package io.millrace.jmh;

import io.millrace.core.file.ReadPlan;
import io.millrace.core.file.SectionFile;
import io.millrace.core.file.SectionFileWriter;
import io.millrace.core.file.TemporaryPaths;
import io.millrace.core.memory.DirectMemory;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.random.SplitRandom;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Writes and opens a file of records of 1,408 bytes, those of an inlined graph over 128 dimensions,
 * in milliseconds a file. It stands in the folder for temporary files, and in the page cache when
 * it is opened; a write ends when the disk has it.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3)
@Measurement(iterations = 10)
@Fork(2)
@State(Scope.Thread)
public class SectionFileBenchmark {
    private static final int RECORD_BYTES = 1408;
    private static final String KIND = "RECORDS";
    private static final String RECORDS = "records";

    /** How many threads read. */
    @State(Scope.Thread)
    public static class Readers {
        /** Threads. */
        @Param({"1", "2"})
        int threads;
    }

    /** Records in the file. */
    @Param("1000000")
    int rows;

    private MemorySegment records;
    private Path path;

    /**
     * Writes the file and holds what is read of it against what was written.
     *
     * @throws IOException when there is no folder for it.
     */
    @Setup
    public void prepare() throws IOException {
        records = AtExit.close(DirectMemory.allocate((long) rows * RECORD_BYTES)).segment();
        SplitRandom random = new SplitRandom(43);
        for (long at = 0; at < records.byteSize(); at += Long.BYTES) {
            records.set(ValueLayout.JAVA_LONG_UNALIGNED, at, random.nextLong());
        }
        Path folder = Files.createTempDirectory("millrace-jmh-");
        AtExit.close(() -> TemporaryPaths.remove(folder));
        path = folder.resolve("records");
        write();
        try (SectionFile read = SectionFile.open(path, KIND, 1);
                SectionFile mapped = SectionFile.map(path, KIND, 1)) {
            Expect.that(read.section(RECORDS).mismatch(records) < 0, "read other records");
            Expect.that(mapped.section(RECORDS).mismatch(records) < 0, "mapped other records");
        }
    }

    /** Writes the file, with a sync. */
    @Benchmark
    public void write() {
        try (SectionFileWriter writer = SectionFileWriter.create(path, KIND, 1)) {
            writer.section(RECORDS, records).commit();
        }
    }

    /**
     * Opens the file by reading it, and frees it.
     *
     * @param readers how many threads.
     * @return its length.
     */
    @Benchmark
    public long read(Readers readers) {
        ReadPlan plan = new ReadPlan(readers.threads, ProgressListener.NONE);
        try (SectionFile file = SectionFile.open(path, KIND, 1, plan)) {
            return file.section(RECORDS).byteSize();
        }
    }

    /**
     * Opens the file by mapping it, and unmaps it.
     *
     * @return its length.
     */
    @Benchmark
    public long map() {
        try (SectionFile file = SectionFile.map(path, KIND, 1)) {
            return file.section(RECORDS).byteSize();
        }
    }
}
