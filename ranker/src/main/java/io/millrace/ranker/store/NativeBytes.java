package io.millrace.ranker.store;

import io.millrace.core.HotPath;

import net.openhft.chronicle.hash.Data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

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

    private static final VarHandle BYTE = ValueLayout.JAVA_BYTE.varHandle();

    private NativeBytes() {}

    /** Where a value of the map is. */
    @HotPath
    static long addressOf(Data<byte[]> value) {
        return value.bytes().addressForRead(value.offset());
    }

    @HotPath
    static void copyFrom(long address, MemorySegment target, long offset, int length) {
        MemorySegment.copy(MEMORY, address, target, offset, length);
    }

    /**
     * Writes the first and the last byte as they are, so that the pages may be written from here on
     * without a word of the file system. Nobody else may write them.
     */
    @HotPath
    static void touch(long address, int length) {
        touch(address);
        touch(address + length - 1);
    }

    private static void touch(long address) {
        byte same = (byte) BYTE.getOpaque(MEMORY, address);
        BYTE.setOpaque(MEMORY, address, same);
    }

    @HotPath
    static void copyTo(long address, MemorySegment source, long offset, int length) {
        MemorySegment.copy(source, offset, MEMORY, address, length);
    }
}
