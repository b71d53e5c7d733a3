package io.millrace.index.attributes;

import io.millrace.core.HotPath;
import io.millrace.core.memory.DirectMemory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Memory that lists of codes are appended to. It grows by whole chunks that never move, so readers
 * of what is there already are not disturbed; no list is cut by the end of a chunk.
 *
 * <p>Threading: one writer; a list may be read by who has learned its start through a release
 * store. Ownership: owns its chunks.
 */
final class TagArea implements AutoCloseable {
    private static final int CHUNK_BITS = 19;

    /** Codes of a chunk, 2 MiB of them. */
    static final int CHUNK_CODES = 1 << CHUNK_BITS;

    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** Chunks with room for more behind them; a longer copy takes their place when it is full. */
    private volatile DirectMemory[] chunks = {};

    private int chunkCount;
    private long end;

    /**
     * Writes a list behind all others.
     *
     * @param count how many codes, at most {@link #CHUNK_CODES}.
     * @return where it starts.
     */
    long append(int[] codes, int count) {
        long start = end;
        if ((start & (CHUNK_CODES - 1)) + count > CHUNK_CODES) {
            start = (long) chunkCount * CHUNK_CODES;
        }
        if (start >> CHUNK_BITS == chunkCount) {
            addChunk();
        }
        MemorySegment chunk = chunks[(int) (start >> CHUNK_BITS)].segment();
        MemorySegment.copy(
                codes, 0, chunk, INT, (start & (CHUNK_CODES - 1)) * Integer.BYTES, count);
        end = start + count;
        return start;
    }

    /** The chunk that a list lies in. */
    @HotPath
    MemorySegment chunk(long start) {
        return chunks[(int) (start >> CHUNK_BITS)].segment();
    }

    /**
     * A code of a list.
     *
     * @param chunk what {@link #chunk} answers for its start.
     */
    @HotPath
    static int code(MemorySegment chunk, long start, int index) {
        return chunk.get(INT, ((start & (CHUNK_CODES - 1)) + index) * Integer.BYTES);
    }

    /**
     * Copies a list.
     *
     * @param index where its first code goes in the target, in codes.
     */
    static void copy(MemorySegment chunk, long start, MemorySegment target, long index, int count) {
        MemorySegment.copy(
                chunk,
                (start & (CHUNK_CODES - 1)) * Integer.BYTES,
                target,
                index * Integer.BYTES,
                (long) count * Integer.BYTES);
    }

    /** How much memory the lists take, those that were replaced included. */
    long bytes() {
        return (long) chunkCount * CHUNK_CODES * Integer.BYTES;
    }

    @Override
    public void close() {
        for (int i = 0; i < chunkCount; i++) {
            chunks[i].close();
        }
    }

    private void addChunk() {
        DirectMemory[] all = chunks;
        if (chunkCount == all.length) {
            all = Arrays.copyOf(all, Math.max(4, 2 * all.length));
        }
        all[chunkCount] = DirectMemory.allocate((long) CHUNK_CODES * Integer.BYTES);
        chunkCount++;
        chunks = all;
    }
}
