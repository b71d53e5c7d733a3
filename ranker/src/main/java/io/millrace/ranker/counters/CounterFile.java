package io.millrace.ranker.counters;

import io.millrace.core.error.MillraceException;
import io.millrace.core.file.MappedFile;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * The mapped file of the counters. It is changed in place while it is served, so it has no
 * checksum; what can't be a count is found when it is opened.
 *
 * <p>Threading: one thread opens and closes it.
 */
final class CounterFile implements AutoCloseable {
    private static final long UNFINISHED = 0;

    /** A count that one more does not change any more, so that none ever gets beyond it. */
    private static final double MOST_COUNT = 1L << 53;

    private static final String REMEDY = "remove the file, and counting begins anew";

    private final Arena arena;
    private final MemorySegment memory;

    private CounterFile(Arena arena, MemorySegment memory) {
        this.arena = arena;
        this.memory = memory;
    }

    static CounterFile open(
            Path path, DecayClock clock, long cells, Consumer<MemorySegment> beginning) {
        Arena arena = Arena.ofShared();
        try {
            long bytes = CounterLayout.fileBytes(cells);
            if (!Files.exists(path) || Files.size(path) != bytes) {
                return create(path, clock, cells, beginning, arena);
            }
            MemorySegment memory = MappedFile.map(path, bytes, arena);
            long magic = memory.get(CounterLayout.LONG, CounterLayout.MAGIC_OFFSET);
            if (magic != CounterLayout.MAGIC && magic != UNFINISHED) {
                throw MillraceException.corrupt(path, "magic: actual=%016x; %s", magic, REMEDY);
            }
            if (magic == UNFINISHED
                    || memory.get(CounterLayout.LONG, CounterLayout.HALF_LIFE_OFFSET)
                            != clock.halfLifeMs()
                    || memory.get(CounterLayout.LONG, CounterLayout.CELLS_OFFSET) != cells) {
                return create(path, clock, cells, beginning, arena);
            }
            check(path, memory);
            return new CounterFile(arena, memory);
        } catch (IOException e) {
            arena.close();
            throw MillraceException.io("open counters", path, e);
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    /** A new file, whose magic number comes last: one that has none was never finished. */
    private static CounterFile create(
            Path path, DecayClock clock, long cells, Consumer<MemorySegment> beginning, Arena arena)
            throws IOException {
        Files.deleteIfExists(path);
        MemorySegment memory = MappedFile.map(path, CounterLayout.fileBytes(cells), arena);
        beginning.accept(memory.asSlice(CounterLayout.HEADER_BYTES));
        memory.set(CounterLayout.LONG, CounterLayout.HALF_LIFE_OFFSET, clock.halfLifeMs());
        memory.set(CounterLayout.LONG, CounterLayout.CELLS_OFFSET, cells);
        memory.set(CounterLayout.LONG, CounterLayout.MAGIC_OFFSET, CounterLayout.MAGIC);
        return new CounterFile(arena, memory);
    }

    /** The same memory without a file. */
    static CounterFile inMemory(long cells) {
        Arena arena = Arena.ofShared();
        return new CounterFile(
                arena, arena.allocate(CounterLayout.fileBytes(cells), CounterLayout.CELL_BYTES));
    }

    private static void check(Path path, MemorySegment memory) {
        long bad = firstBad(memory.asSlice(CounterLayout.HEADER_BYTES));
        if (bad >= 0) {
            throw MillraceException.corrupt(path, "count: cell=%d; %s", bad, REMEDY);
        }
    }

    /** The first cell of which a state is none, or -1. */
    static long firstBad(MemorySegment cells) {
        for (long from = 0; from < cells.byteSize(); from += CounterLayout.STATE_BYTES) {
            if (!isCount(cells, from + CounterLayout.IMPRESSIONS_OFFSET)
                    || !isCount(cells, from + CounterLayout.CLICKS_OFFSET)
                    || !isCount(cells, from + CounterLayout.WATCHES_OFFSET)) {
                return from / CounterLayout.CELL_BYTES;
            }
        }
        return -1;
    }

    private static boolean isCount(MemorySegment cells, long offset) {
        double count = cells.get(CounterLayout.DOUBLE, offset);
        return count >= 0 && count <= MOST_COUNT;
    }

    MemorySegment memory() {
        return memory;
    }

    @Override
    public void close() {
        arena.close();
    }
}
