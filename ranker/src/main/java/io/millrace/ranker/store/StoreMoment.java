package io.millrace.ranker.store;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.ranker.features.RowTable;

import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.MapEntry;

import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.collections.LongArrayList;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * The rows of a store as they were at one moment. From then on a row is kept before it changes for
 * the first time, so that the others can be read where they are: writers wait for one row at a
 * time, and memory is needed for as many rows as change meanwhile.
 *
 * <p>Threading: one thread writes and closes it; writers of the store bring the rows to be kept.
 */
public final class StoreMoment implements AutoCloseable {
    /** So many rows go by between two questions whether to go on. */
    private static final int STEP = 1 << 12;

    private static final byte[] ABSENT = new byte[0];

    private final FeatureStore store;
    private final ChronicleMap<Long, byte[]> map;
    private final RowReader reader;
    private final long count;

    /** Rows that have changed since, as they were; none of length 0 was there. */
    private final Long2ObjectHashMap<byte[]> kept = new Long2ObjectHashMap<>();

    StoreMoment(FeatureStore store, ChronicleMap<Long, byte[]> map) {
        this.store = store;
        this.map = map;
        reader = store.newReader();
        count = map.longSize();
    }

    /** A row is about to change; called by who holds the store. */
    void keep(long id, @Nullable MapEntry<Long, byte[]> entry) {
        if (!kept.containsKey(id)) {
            kept.put(id, entry == null ? ABSENT : entry.value().get().clone());
        }
    }

    /**
     * How many rows there were.
     *
     * @return the count.
     */
    public long count() {
        return count;
    }

    /**
     * Writes the rows as a table.
     *
     * @param path where to.
     * @param requireGoingOn throws where the rest is not wanted any more.
     */
    public void write(Path path, Runnable requireGoingOn) {
        long[] ids = ids();
        RowTable.write(
                path,
                store.layout(),
                ids,
                (row, target) -> {
                    if (row % STEP == 0) {
                        requireGoingOn.run();
                    }
                    copyInto(ids[row], target);
                });
    }

    private long[] ids() {
        LongArrayList all = new LongArrayList((int) Math.min(count, 1 << 20), -1);
        map.forEachEntry(entry -> all.addLong(entry.key().get()));
        LongArrayList ids = new LongArrayList(all.size(), -1);
        synchronized (store) {
            for (int i = 0; i < all.size(); i++) {
                byte[] row = kept.get(all.getLong(i));
                if (row == null || row.length > 0) {
                    ids.addLong(all.getLong(i));
                }
            }
        }
        if (ids.size() != count) {
            throw MillraceException.of(
                    ErrorCode.INTERNAL,
                    "not all rows of a feature store were found: store=%s, rows=%d, found=%d",
                    map.name(),
                    count,
                    ids.size());
        }
        return ids.toLongArray();
    }

    private void copyInto(long id, MemorySegment target) {
        synchronized (store) {
            byte[] row = kept.get(id);
            if (row != null) {
                MemorySegment.copy(MemorySegment.ofArray(row), 0, target, 0, row.length);
            } else if (!reader.readInto(id, target, 0)) {
                throw MillraceException.of(
                        ErrorCode.INTERNAL,
                        "a row is gone from a feature store: store=%s, id=%d",
                        map.name(),
                        id);
            }
        }
    }

    /** Keeps no more rows. */
    @Override
    public void close() {
        store.endMoment();
    }
}
