package io.millrace.jmh;

import io.millrace.core.file.TemporaryPaths;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.random.SplitRandom;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.store.FeatureStore;
import io.millrace.ranker.store.ItemRowMirror;
import io.millrace.ranker.store.RowReader;

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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Gathers the rows of 500 candidates at random, 256 bytes each, in microseconds on one thread: out
 * of the mirror, where they lie in the order of ordinals, and one by one out of the store they are
 * mirrored from. And the time that a store takes to be filled, in microseconds for all rows.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@State(Scope.Thread)
public class GatherBenchmark {
    private static final int CANDIDATES = 500;
    private static final int REQUESTS = 512;
    private static final int ROW_BYTES = 256;
    private static final int ITEMS = 100_000;

    /** Rows of the store. */
    @Param("1000000")
    int rows;

    private final Arena arena = AtExit.close(Arena.ofShared());
    private final int[][] requests = new int[REQUESTS][CANDIDATES];
    private Path folder;
    private RowTable table;
    private ItemRowMirror mirror;
    private RowReader reader;
    private MemorySegment gathered;
    private int next;

    /**
     * Fills store and mirror, and holds what both gather against what was put in.
     *
     * @throws IOException when there is no folder for the store.
     */
    @Setup
    public void prepare() throws IOException {
        Expect.servingOptions();
        folder = Files.createTempDirectory("millrace-jmh-");
        AtExit.close(() -> TemporaryPaths.remove(folder));
        table = AtExit.close(new FeatureWorld(rows, ITEMS).users());
        Expect.that(
                table.layout().rowBytes() == ROW_BYTES,
                "rows of another length: bytes=%d",
                table.layout().rowBytes());
        mirror = AtExit.close(ItemRowMirror.of(table));
        FeatureStore store =
                AtExit.close(FeatureStore.create(folder, "rows", table.layout(), rows));
        store.bulkLoad(table, ProgressListener.NONE);
        reader = store.newReader();
        gathered = arena.allocate((long) CANDIDATES * ROW_BYTES, 64);
        SplitRandom random = new SplitRandom(71);
        for (int[] request : requests) {
            for (int i = 0; i < CANDIDATES; i++) {
                request[i] = random.nextInt(rows);
            }
        }
        verify();
    }

    private void verify() {
        for (int request = 0; request < 8; request++) {
            next = request;
            gathered.fill((byte) 0);
            expectGathered(fromMirror());
            next = request;
            gathered.fill((byte) 0);
            expectGathered(fromStore());
        }
    }

    private void expectGathered(MemorySegment actual) {
        for (int i = 0; i < CANDIDATES; i++) {
            long offset = table.offset(requests[next][i]);
            MemorySegment expected = table.segment().asSlice(offset, ROW_BYTES);
            MemorySegment row = actual.asSlice((long) i * ROW_BYTES, ROW_BYTES);
            Expect.that(row.mismatch(expected) < 0, "wrong row: candidate=%d", i);
        }
    }

    /**
     * Rows of a request out of the mirror.
     *
     * @return the rows, one behind the other.
     */
    @Benchmark
    public MemorySegment fromMirror() {
        next = (next + 1) % REQUESTS;
        int[] request = requests[next];
        MemorySegment source = mirror.segment();
        for (int i = 0; i < CANDIDATES; i++) {
            MemorySegment.copy(
                    source, mirror.offset(request[i]), gathered, (long) i * ROW_BYTES, ROW_BYTES);
        }
        return gathered;
    }

    /**
     * The same rows, each looked up in the store.
     *
     * @return the rows, one behind the other.
     */
    @Benchmark
    public MemorySegment fromStore() {
        next = (next + 1) % REQUESTS;
        int[] request = requests[next];
        for (int i = 0; i < CANDIDATES; i++) {
            long id = FeatureWorld.FIRST_USER_ID + request[i];
            if (!reader.readInto(id, gathered, (long) i * ROW_BYTES)) {
                throw new IllegalStateException("row not found: id=" + id);
            }
        }
        return gathered;
    }

    /**
     * Fills another store with all rows.
     *
     * @throws IOException when there is no folder for it.
     */
    @Benchmark
    @BenchmarkMode(Mode.SingleShotTime)
    @Warmup(iterations = 0)
    @Measurement(iterations = 3)
    @Fork(1)
    public void bulkLoad() throws IOException {
        Path load = Files.createDirectory(folder.resolve("load"));
        try (FeatureStore store = FeatureStore.create(load, "rows", table.layout(), rows)) {
            store.bulkLoad(table, ProgressListener.NONE);
        }
    }

    /** Removes the store that was filled. */
    @TearDown(Level.Iteration)
    public void removeLoad() {
        TemporaryPaths.remove(folder.resolve("load"));
    }
}
