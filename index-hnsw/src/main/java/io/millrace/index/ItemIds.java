package io.millrace.index;

import io.millrace.core.HotPath;
import io.millrace.core.error.MillraceException;

import org.agrona.collections.Long2LongHashMap;

/**
 * The caller's ids of rows, both ways.
 *
 * <p>Threading: immutable, any thread. Allocation: none for a look-up.
 */
final class ItemIds {
    private final long[] ids;
    private final Long2LongHashMap ordinals;

    ItemIds(long[] ids, int rows) {
        if (ids.length != rows) {
            throw MillraceException.badInput(
                    "ids and vectors differ in number: ids=%d, vectors=%d; give one id per vector",
                    ids.length, rows);
        }
        this.ids = ids.clone();
        this.ordinals =
                new Long2LongHashMap(Math.max(8, 2 * ids.length), 0.65f, VectorIndex.NO_ORDINAL);
        for (int i = 0; i < ids.length; i++) {
            long other = ordinals.put(ids[i], i);
            if (other != VectorIndex.NO_ORDINAL) {
                throw MillraceException.badInput(
                        "id twice: id=%d, rows=%d and %d; give each row its own", ids[i], other, i);
            }
        }
    }

    long[] all() {
        return ids;
    }

    @HotPath
    long id(int ordinal) {
        return ids[ordinal];
    }

    @HotPath
    int ordinalOf(long itemId) {
        return (int) ordinals.get(itemId);
    }
}
