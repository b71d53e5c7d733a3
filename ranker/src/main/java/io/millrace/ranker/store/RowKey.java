package io.millrace.ranker.store;

import io.millrace.core.HotPath;

import net.openhft.chronicle.algo.hashing.LongHashFunction;
import net.openhft.chronicle.bytes.RandomDataInput;
import net.openhft.chronicle.bytes.RandomDataOutput;
import net.openhft.chronicle.hash.Data;

import org.jspecify.annotations.Nullable;

/**
 * A key that is never boxed: Chronicle Map hashes, compares and writes it through these methods and
 * asks for none of the others.
 *
 * <p>Threading: one thread; it is used again for every call.
 */
final class RowKey implements Data<Long> {
    private long id;

    @HotPath
    RowKey wrap(long newId) {
        id = newId;
        return this;
    }

    @Override
    public long size() {
        return Long.BYTES;
    }

    @Override
    public long hash(LongHashFunction function) {
        return function.hashLong(id);
    }

    @Override
    public boolean equivalent(RandomDataInput source, long offset) {
        return source.readLong(offset) == id;
    }

    @Override
    @SuppressWarnings("rawtypes") // Data is declared so.
    public void writeTo(RandomDataOutput target, long offset) {
        target.writeLong(offset, id);
    }

    @Override
    public Long get() {
        return id;
    }

    @Override
    public Long getUsing(@Nullable Long using) {
        return id;
    }

    @Override
    public RandomDataInput bytes() {
        throw new UnsupportedOperationException("a key is written by writeTo");
    }

    @Override
    public long offset() {
        return 0;
    }
}
