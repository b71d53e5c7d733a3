package io.millrace.data.importers.table;

import io.millrace.data.importers.source.RejectedRow;

import org.agrona.collections.Long2LongHashMap;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Users or items in the order they were met, under the caller's ids, with their attributes.
 *
 * <p>Threading: one thread.
 */
public final class EntityTable {
    private static final long NONE = -1;
    private static final int FIRST_CAPACITY = 1 << 10;

    private final String what;
    private final List<FeatureColumn> columns;
    private final Long2LongHashMap rowById = new Long2LongHashMap(NONE);
    private long[] ids = new long[FIRST_CAPACITY];
    private int count;

    /**
     * No users or items yet.
     *
     * @param what {@code user} or {@code item}, for messages.
     * @param columns their attributes; more may follow.
     */
    public EntityTable(String what, List<? extends FeatureColumn> columns) {
        this.what = what;
        this.columns = new ArrayList<>(columns);
    }

    /**
     * Takes one that must be new.
     *
     * @param id the caller's id.
     * @return its row.
     * @throws RejectedRow when it is there already.
     */
    public int add(long id) throws RejectedRow {
        if (rowById.containsKey(id)) {
            throw new RejectedRow(what + " twice: " + id);
        }
        return rowOrAdd(id);
    }

    /**
     * Finds one, or takes it as one that nothing is known of.
     *
     * @param id the caller's id.
     * @return its row.
     */
    public int rowOrAdd(long id) {
        long row = rowById.putIfAbsent(id, count);
        if (row != NONE) {
            return (int) row;
        }
        if (count == ids.length) {
            ids = Arrays.copyOf(ids, count * 2);
        }
        ids[count] = id;
        return count++;
    }

    /**
     * Finds one that must be known.
     *
     * @param id the caller's id.
     * @return its row.
     * @throws RejectedRow when it is not.
     */
    public int known(long id) throws RejectedRow {
        long row = rowById.get(id);
        if (row == NONE) {
            throw new RejectedRow("unknown " + what + ": " + id);
        }
        return (int) row;
    }

    /**
     * Adds an attribute.
     *
     * @param column the attribute.
     */
    public void addColumn(FeatureColumn column) {
        columns.add(column);
    }

    /**
     * How many.
     *
     * @return count of rows.
     */
    public int count() {
        return count;
    }

    long id(int row) {
        return ids[row];
    }

    List<FeatureColumn> columns() {
        return columns;
    }
}
