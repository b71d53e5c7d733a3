package io.millrace.ranker.rerank;

import io.millrace.core.HotPath;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The items one request must not get: those of the user's history, and those the request names.
 *
 * <p>Threading: one thread; cleared and filled for every request. Allocation: none after
 * construction.
 */
public final class RequestFilter {
    private final int[] historySlots;
    private final OrdinalSet seen;
    private final OrdinalSet excluded;

    /**
     * An empty filter.
     *
     * @param rules which histories count as seen.
     * @param schema where they lie in a user row.
     * @param maxExcluded most items a request can name.
     * @throws MillraceException MISMATCH when the rules name a field that is no history.
     */
    public RequestFilter(RerankRules rules, FeatureSchema schema, int maxExcluded) {
        RowLayout users = schema.layout(FeatureScope.USER);
        List<String> names = rules.seenFields();
        this.historySlots = new int[names.size()];
        int capacity = 0;
        for (int i = 0; i < historySlots.length; i++) {
            FeatureField field = schema.field(names.get(i));
            if (field.scope() != FeatureScope.USER
                    || !field.isList()
                    || !field.table().equals(FeatureField.ITEM_TABLE)) {
                throw MillraceException.of(
                        ErrorCode.MISMATCH,
                        "no history of a user: field=%s, scope=%s, kind=%s, table=%s; correct"
                                + " seenFields in rules.json",
                        field.name(),
                        field.scope(),
                        field.kind(),
                        field.table());
            }
            historySlots[i] = users.slotOf(field);
            capacity += field.maxValues();
        }
        this.seen = new OrdinalSet(capacity);
        this.excluded = new OrdinalSet(maxExcluded);
    }

    /** Makes it the filter of a request that excludes nothing. */
    @HotPath
    public void clear() {
        seen.clear();
        excluded.clear();
    }

    /**
     * Adds the items of one user's histories; once per request.
     *
     * @param userRows memory that holds the user's row.
     * @param offset where the row begins, in bytes.
     */
    @HotPath
    public void addSeen(MemorySegment userRows, long offset) {
        for (int slot : historySlots) {
            long at = offset + 4L * slot;
            int count = userRows.get(RowLayout.INT, at);
            for (int i = 1; i <= count; i++) {
                int id = userRows.get(RowLayout.INT, at + 4L * i);
                // Missing and unseen are no items.
                if (id >= FeatureField.FIRST && !seen.isFull()) {
                    seen.add(id - FeatureField.FIRST);
                }
            }
        }
    }

    /**
     * Excludes an item.
     *
     * @param ordinal the item, not negative.
     * @return false when there is no room for another.
     */
    @HotPath
    public boolean exclude(int ordinal) {
        if (excluded.isFull()) {
            return excluded.contains(ordinal);
        }
        excluded.add(ordinal);
        return true;
    }

    /**
     * Whether the item is in the user's histories.
     *
     * @param ordinal the item.
     * @return true when seen.
     */
    @HotPath
    public boolean isSeen(int ordinal) {
        return seen.contains(ordinal);
    }

    /**
     * How many items are in the user's histories.
     *
     * @return each counted once.
     */
    @HotPath
    public int seenCount() {
        return seen.size();
    }

    /**
     * Whether the request named the item.
     *
     * @param ordinal the item.
     * @return true when excluded.
     */
    @HotPath
    public boolean isExcluded(int ordinal) {
        return excluded.contains(ordinal);
    }
}
