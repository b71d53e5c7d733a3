package io.millrace.ranker.counters;

import io.millrace.core.error.MillraceException;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The mapped file of the counters. It is changed in place while it is served, so it has no
 * checksum; what can't be a count is found when it is opened.
 *
 * <p>Threading: one thread opens and closes it.
 */
final class CounterFile implements AutoCloseable {
    private static final long UNFINISHED = 0;
    private static final String REMEDY = "remove the file, and counting begins anew";

    private final Arena arena;
    private final MemorySegment memory;

    private CounterFile(Arena arena, MemorySegment memory) {
        this.arena = arena;
        this.memory = memory;
    }

    static CounterFile open(Path path, DecayClock clock, long cells) {
        Arena arena = Arena.ofShared();
        try {
            long bytes = CounterLayout.fileBytes(cells);
            if (!Files.exists(path) || Files.size(path) != bytes) {
                return create(path, clock, cells, arena);
            }
            MemorySegment memory = map(path, bytes, arena);
            long magic = memory.get(CounterLayout.LONG, CounterLayout.MAGIC_OFFSET);
            if (magic != CounterLayout.MAGIC && magic != UNFINISHED) {
                throw MillraceException.corrupt(path, "magic: actual=%016x; %s", magic, REMEDY);
            }
            if (magic == UNFINISHED
                    || memory.get(CounterLayout.LONG, CounterLayout.HALF_LIFE_OFFSET)
                            != clock.halfLifeMs()
                    || memory.get(CounterLayout.LONG, CounterLayout.CELLS_OFFSET) != cells) {
                return create(path, clock, cells, arena);
            }
            check(path, memory, cells);
            return new CounterFile(arena, memory);
        } catch (IOException e) {
            arena.close();
            throw MillraceException.io("open counters", path, e);
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    /** A file of zeros, whose magic number comes last: one that has none was never finished. */
    private static CounterFile create(Path path, DecayClock clock, long cells, Arena arena)
            throws IOException {
        Files.deleteIfExists(path);
        MemorySegment memory = map(path, CounterLayout.fileBytes(cells), arena);
        memory.set(CounterLayout.LONG, CounterLayout.HALF_LIFE_OFFSET, clock.halfLifeMs());
        memory.set(CounterLayout.LONG, CounterLayout.CELLS_OFFSET, cells);
        memory.set(CounterLayout.LONG, CounterLayout.MAGIC_OFFSET, CounterLayout.MAGIC);
        return new CounterFile(arena, memory);
    }

    private static MemorySegment map(Path path, long bytes, Arena arena) throws IOException {
        try (FileChannel channel =
                FileChannel.open(
                        path,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes, arena);
        }
    }

    private static void check(Path path, MemorySegment memory, long cells) {
        for (long cell = 0; cell < cells; cell++) {
            long at = CounterLayout.cellOffset(cell);
            for (int state = 0; state < 2; state++) {
                long from = at + (long) state * CounterLayout.STATE_BYTES;
                if (!isCount(memory, from + CounterLayout.IMPRESSIONS_OFFSET)
                        || !isCount(memory, from + CounterLayout.CLICKS_OFFSET)
                        || !isCount(memory, from + CounterLayout.WATCHES_OFFSET)) {
                    throw MillraceException.corrupt(path, "count: cell=%d; %s", cell, REMEDY);
                }
            }
        }
    }

    private static boolean isCount(MemorySegment memory, long offset) {
        double count = memory.get(CounterLayout.DOUBLE, offset);
        return count >= 0 && count < Double.POSITIVE_INFINITY;
    }

    MemorySegment memory() {
        return memory;
    }

    @Override
    public void close() {
        arena.close();
    }
}
