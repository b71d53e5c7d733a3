package io.millrace.ranker.store;

import io.millrace.core.HotPath;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.memory.DirectMemory;
import io.millrace.core.thread.WorkCrew;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.features.RowTable;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * All item rows one behind the other in the order of their ordinals, on huge pages: the rows of a
 * request's candidates are read by address as one batch, where each look-up in the store would cost
 * several cache misses.
 *
 * <p>Threading: any thread may read. Updates take turns; a reader at the same moment may see part
 * of the new row, every value of which is whole and within its range.
 *
 * <p>There may be room behind them for rows of items that come later, which have no place in a
 * store.
 *
 * <p>Allocation: none by reads and updates.
 *
 * <p>Ownership: closes its memory, not the store.
 */
public final class ItemRowMirror implements AutoCloseable {
    /** Rows that a thread copies at a time. */
    private static final int CHUNK_ROWS = 4_096;

    private final RowTable items;
    private final RowLayout layout;
    private final int rowBytes;
    private final @Nullable FeatureStore store;
    private final DirectMemory memory;
    private final MemorySegment rows;

    /** Ids of the items behind those of the table. */
    private final long[] laterIds;

    private ItemRowMirror(RowTable items, @Nullable FeatureStore store, int room) {
        this.items = items;
        this.layout = items.layout();
        this.rowBytes = layout.rowBytes();
        this.store = store;
        this.laterIds = new long[room];
        this.memory = DirectMemory.allocate(((long) items.count() + room) * rowBytes);
        this.rows = memory.segment();
        MemorySegment.copy(items.segment(), 0, rows, 0, (long) items.count() * rowBytes);
    }

    /**
     * A copy of a table without a store behind it, for evaluation and tools.
     *
     * @param items the rows in the order of their ordinals.
     * @return the mirror.
     */
    public static ItemRowMirror of(RowTable items) {
        return new ItemRowMirror(items, null, 0);
    }

    /**
     * The rows of a store, in the order of a table. Items the store does not have keep the row of
     * the table.
     *
     * @param items the items in the order of their ordinals; ids and rows.
     * @param store where the newest rows are, and where updates go.
     * @return the mirror.
     */
    public static ItemRowMirror of(RowTable items, FeatureStore store) {
        return of(items, store, 0);
    }

    /**
     * The same with room for more.
     *
     * @param items the items in the order of their ordinals; ids and rows.
     * @param store where the newest rows of those are, and where updates of them go.
     * @param room for how many items that come later.
     * @return the mirror.
     */
    public static ItemRowMirror of(RowTable items, FeatureStore store, int room) {
        if (items.layout().fingerprint() != store.layout().fingerprint()) {
            throw MillraceException.of(
                    ErrorCode.MISMATCH,
                    "store of another schema than the items: items=%016x, store=%016x",
                    items.layout().fingerprint(),
                    store.layout().fingerprint());
        }
        ItemRowMirror mirror = new ItemRowMirror(items, store, room);
        try (WorkCrew crew = WorkCrew.here("mirror")) {
            RowReader[] readers = new RowReader[crew.threads()];
            Arrays.setAll(readers, worker -> store.newReader());
            crew.run(
                    items.count(),
                    CHUNK_ROWS,
                    (worker, from, to) -> {
                        for (int ordinal = from; ordinal < to; ordinal++) {
                            readers[worker].readInto(
                                    items.id(ordinal), mirror.rows, mirror.offset(ordinal));
                        }
                    });
        } catch (Throwable t) {
            mirror.close();
            throw t;
        }
        return mirror;
    }

    /**
     * How many items, without those that came later.
     *
     * @return count of items.
     */
    public int count() {
        return items.count();
    }

    /**
     * For how many items there is room that come later.
     *
     * @return their ordinals are {@link #count} and on.
     */
    public int room() {
        return laterIds.length;
    }

    /**
     * The caller's id of an item.
     *
     * @param ordinal 0 to {@link #count} - 1, or one that {@link #put} was called with.
     * @return the id.
     */
    @HotPath
    public long id(int ordinal) {
        int later = ordinal - items.count();
        return later < 0 ? items.id(ordinal) : laterIds[later];
    }

    /**
     * Layout of the rows.
     *
     * @return the layout.
     */
    public RowLayout layout() {
        return layout;
    }

    /**
     * Memory of all rows.
     *
     * @return the segment {@link #offset} points into; not to be written.
     */
    @HotPath
    public MemorySegment segment() {
        return rows;
    }

    /**
     * Where an item's row begins.
     *
     * @param ordinal 0 to {@link #count} - 1, or one that {@link #put} was called with.
     * @return byte offset into {@link #segment}.
     */
    @HotPath
    public long offset(int ordinal) {
        return (long) ordinal * rowBytes;
    }

    /**
     * Changes an item's row, in the store first.
     *
     * @param ordinal the item.
     * @param source memory that holds the new row.
     * @param offset where it begins, in bytes.
     * @throws MillraceException BAD_INPUT when a value of the row cannot be; nothing is changed.
     */
    public synchronized void update(int ordinal, MemorySegment source, long offset) {
        validate(id(ordinal), source, offset);
        if (store != null && ordinal < items.count()) {
            store.put(items.id(ordinal), source, offset);
        }
        MemorySegment.copy(source, offset, rows, offset(ordinal), rowBytes);
    }

    /**
     * Writes the row of an item that came later, or another in its place.
     *
     * @param ordinal {@link #count} or above, within the room there is.
     * @param itemId the caller's id of the item.
     * @param source memory that holds the row.
     * @param offset where it begins, in bytes.
     * @throws MillraceException BAD_INPUT when a value of the row cannot be; nothing is changed.
     */
    public synchronized void put(int ordinal, long itemId, MemorySegment source, long offset) {
        validate(itemId, source, offset);
        laterIds[ordinal - items.count()] = itemId;
        MemorySegment.copy(source, offset, rows, offset(ordinal), rowBytes);
    }

    private void validate(long itemId, MemorySegment source, long offset) {
        int bad = layout.firstBadField(source, offset);
        if (bad >= 0) {
            throw MillraceException.badInput(
                    "value out of range: item=%d, field=%s; correct the row",
                    itemId, layout.fields().get(bad).name());
        }
    }

    @Override
    public void close() {
        memory.close();
    }
}
