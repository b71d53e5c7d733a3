package io.millrace.ranker.store;

import io.millrace.core.HotPath;

import net.openhft.chronicle.bytes.RandomDataInput;
import net.openhft.chronicle.bytes.RandomDataOutput;
import net.openhft.chronicle.hash.Data;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/**
 * A row on its way into the map, copied straight from the caller's memory to its place.
 *
 * <p>Threading: one thread; it is used again for every call.
 */
final class RowValue implements Data<byte[]> {
    private final int rowBytes;
    private MemorySegment source = MemorySegment.NULL;
    private long sourceOffset;

    RowValue(int rowBytes) {
        this.rowBytes = rowBytes;
    }

    @HotPath
    RowValue wrap(MemorySegment newSource, long offset) {
        source = newSource;
        sourceOffset = offset;
        return this;
    }

    @Override
    public long size() {
        return rowBytes;
    }

    @Override
    @SuppressWarnings("rawtypes") // Data is declared so.
    public void writeTo(RandomDataOutput target, long offset) {
        NativeBytes.copyTo(target.addressForWrite(offset), source, sourceOffset, rowBytes);
    }

    @Override
    public byte[] get() {
        throw new UnsupportedOperationException("a row is written by writeTo");
    }

    @Override
    public byte[] getUsing(byte @Nullable [] using) {
        throw new UnsupportedOperationException("a row is written by writeTo");
    }

    @Override
    public RandomDataInput bytes() {
        throw new UnsupportedOperationException("a row is written by writeTo");
    }

    @Override
    public long offset() {
        return 0;
    }
}
