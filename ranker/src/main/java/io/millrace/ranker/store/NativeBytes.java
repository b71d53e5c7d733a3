package io.millrace.ranker.store;

import io.millrace.core.HotPath;

import java.lang.foreign.MemorySegment;

/**
 * Copies between segments and the raw addresses Chronicle Map hands out, without an object for
 * either.
 *
 * <p>Threading: stateless. Allocation: none.
 */
final class NativeBytes {
    /** All memory; only addresses inside a mapped file that is held open may be used with it. */
    @SuppressWarnings("restricted")
    private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private NativeBytes() {}

    @HotPath
    static void copyFrom(long address, MemorySegment target, long offset, int length) {
        MemorySegment.copy(MEMORY, address, target, offset, length);
    }

    @HotPath
    static void copyTo(long address, MemorySegment source, long offset, int length) {
        MemorySegment.copy(source, offset, MEMORY, address, length);
    }
}
