package io.millrace.ranker.store;

import io.millrace.core.HotPath;

import net.openhft.chronicle.hash.Data;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ExternalMapQueryContext;
import net.openhft.chronicle.map.MapEntry;

import java.lang.foreign.MemorySegment;

/**
 * Reads rows of one store. A row is copied while its segment is locked for reading, so it is never
 * half of one version and half of another.
 *
 * <p>Threading: one thread. Allocation: none after its first reads.
 *
 * <p>Ownership: of no use after the store is closed; needs no closing itself.
 */
public final class RowReader {
    private final ChronicleMap<Long, byte[]> map;
    private final int rowBytes;
    private final RowKey key = new RowKey();

    RowReader(ChronicleMap<Long, byte[]> map, int rowBytes) {
        this.map = map;
        this.rowBytes = rowBytes;
    }

    /**
     * Copies a row.
     *
     * @param id the caller's id.
     * @param target memory to copy it to.
     * @param offset where the row is to begin, in bytes.
     * @return false when there is no such row; the target is then untouched.
     */
    @HotPath
    public boolean readInto(long id, MemorySegment target, long offset) {
        try (ExternalMapQueryContext<Long, byte[], ?> context = map.queryContext(key.wrap(id))) {
            context.readLock().lock();
            MapEntry<Long, byte[]> entry = context.entry();
            if (entry == null) {
                return false;
            }
            NativeBytes.copyFrom(addressOf(entry.value()), target, offset, rowBytes);
            return true;
        }
    }

    @HotPath
    static long addressOf(Data<byte[]> value) {
        return value.bytes().addressForRead(value.offset());
    }
}
