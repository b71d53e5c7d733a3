package io.millrace.jmh;

import io.millrace.core.file.TemporaryPaths;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.random.SplitRandom;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.store.FeatureStore;
import io.millrace.ranker.store.RowReader;

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
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Reads one user's row out of a store of 200,000, each time another at random, in nanoseconds per
 * read on one thread. The store is a file in the folder for temporary files, and in the page cache.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@State(Scope.Thread)
public class FeatureStoreBenchmark {
    private static final int ITEMS = 100_000;

    /** Rows of the store. */
    @Param("200000")
    int rows;

    private final Arena arena = AtExit.close(Arena.ofShared());
    private RowReader reader;
    private MemorySegment row;
    private int[] order;
    private int next;

    /**
     * Fills a store and holds every row read from it against what was put in.
     *
     * @throws IOException when there is no folder for it.
     */
    @Setup
    public void prepare() throws IOException {
        Expect.servingOptions();
        order = shuffled(rows);
        Path folder = Files.createTempDirectory("millrace-jmh-");
        AtExit.close(() -> TemporaryPaths.remove(folder));
        try (RowTable users = new FeatureWorld(rows, ITEMS).users()) {
            FeatureStore store =
                    AtExit.close(FeatureStore.create(folder, "users", users.layout(), rows));
            store.bulkLoad(users, ProgressListener.NONE);
            reader = store.newReader();
            row = arena.allocate(users.layout().rowBytes(), 64);
            verify(users);
        }
    }

    /**
     * One read.
     *
     * @return the row.
     */
    @Benchmark
    public MemorySegment read() {
        next = next + 1 < rows ? next + 1 : 0;
        if (!reader.readInto(FeatureWorld.FIRST_USER_ID + order[next], row, 0)) {
            throw new IllegalStateException("row not found: user=" + order[next]);
        }
        return row;
    }

    private void verify(RowTable users) {
        for (int user = 0; user < rows; user++) {
            boolean isFound = reader.readInto(users.id(user), row, 0);
            MemorySegment expected = users.segment().asSlice(users.offset(user), row.byteSize());
            Expect.that(isFound && row.mismatch(expected) < 0, "wrong row: user=%d", user);
        }
        boolean isFound = reader.readInto(FeatureWorld.FIRST_USER_ID + rows, row, 0);
        Expect.that(!isFound, "a row that nobody put in");
    }

    /** All numbers below a count, in an order that no prefetcher foresees. */
    private static int[] shuffled(int count) {
        SplitRandom random = new SplitRandom(41);
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            int other = random.nextInt(i + 1);
            order[i] = order[other];
            order[other] = i;
        }
        return order;
    }
}
