package io.millrace.server.living;

import io.millrace.core.HotPath;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.MappedFile;
import io.millrace.core.random.SplitRandom;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * Who has seen which of the items that came later than the bundle: histories have no ids for these.
 * A file of prints of pairs, 64 bits each, in sets of eight; where a set is full, the oldest of it
 * goes. By ids and not by ordinals, so that it says the same after the next start.
 *
 * <pre>
 *   set of a pair   | newest | … | oldest |      8 prints of 8 bytes, 0 for none
 * </pre>
 *
 * <p>A print is moved towards the end before another takes its place, each by one write: neither
 * who reads meanwhile nor the next process, when this one is killed, misses one but the oldest.
 *
 * <p>Threading: any thread; writers take turns. Allocation: none after opening.
 */
public final class SeenPairs implements AutoCloseable {
    /** Name of the file that they are kept in. */
    public static final String FILE = "seen";

    private static final int SET_BITS = 17;
    private static final int WAYS = 8;
    private static final long SET_BYTES = WAYS * (long) Long.BYTES;
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle PRINT = LONG.varHandle();

    private final Arena arena;
    private final MemorySegment prints;

    private SeenPairs(Arena arena, MemorySegment prints) {
        this.arena = arena;
        this.prints = prints;
    }

    /**
     * Opens the file of a folder, which is made when it is missing.
     *
     * @param folder must be there; one process at a time
     * @return the pairs
     */
    public static SeenPairs open(Path folder) {
        Path file = folder.resolve(FILE);
        Arena arena = Arena.ofShared();
        try {
            return new SeenPairs(arena, MappedFile.map(file, SET_BYTES << SET_BITS, arena));
        } catch (IOException e) {
            arena.close();
            throw MillraceException.io("open what users have seen", file, e);
        }
    }

    /**
     * Remembers that a user has seen an item.
     *
     * @param userId who
     * @param itemId what
     */
    @HotPath
    public synchronized void add(long userId, long itemId) {
        long print = printOf(userId, itemId);
        long set = setOf(print);
        if (isIn(set, print)) {
            return;
        }
        for (int way = WAYS - 1; way > 0; way--) {
            PRINT.setRelease(prints, at(set, way), (long) PRINT.get(prints, at(set, way - 1)));
        }
        PRINT.setRelease(prints, set, print);
    }

    /**
     * Whether a user has seen an item.
     *
     * @param userId who
     * @param itemId what
     * @return true when it is remembered
     */
    @HotPath
    public boolean contains(long userId, long itemId) {
        long print = printOf(userId, itemId);
        return isIn(setOf(print), print);
    }

    /**
     * Length of the file.
     *
     * @return bytes.
     */
    public long fileBytes() {
        return prints.byteSize();
    }

    /**
     * Copies the file as it is now, between two pairs.
     *
     * @param target memory of its length.
     */
    public synchronized void copyInto(MemorySegment target) {
        target.copyFrom(prints);
    }

    private boolean isIn(long set, long print) {
        for (int way = 0; way < WAYS; way++) {
            if ((long) PRINT.getAcquire(prints, at(set, way)) == print) {
                return true;
            }
        }
        return false;
    }

    private static long at(long set, int way) {
        return set + (long) Long.BYTES * way;
    }

    private static long printOf(long userId, long itemId) {
        long print = SplitRandom.mix64(SplitRandom.mix64(userId) + itemId);
        return print == 0 ? 1 : print;
    }

    private static long setOf(long print) {
        return (print >>> (Long.SIZE - SET_BITS)) * SET_BYTES;
    }

    @Override
    public void close() {
        arena.close();
    }
}
