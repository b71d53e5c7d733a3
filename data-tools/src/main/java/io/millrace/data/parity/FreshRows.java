package io.millrace.data.parity;

import io.millrace.ranker.features.ContextEncoder;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureKind;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.impression.Impression;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The rows that training makes: those of users and items as the data set has them, with the crossed
 * fields crossed anew, and those of contexts from time and raw codes.
 *
 * <p>Threading: one thread. Ownership: the tables stay the caller's.
 */
final class FreshRows {
    private static final long ALIGNMENT_BYTES = 64;

    private final RowTable users;
    private final RowTable items;
    private final ContextEncoder contexts;
    private final MemorySegment userRow;
    private final MemorySegment contextRow;
    private final MemorySegment itemRow;

    /**
     * Rows of a data set.
     *
     * @param schema its features
     * @param users its users
     * @param items its items
     */
    FreshRows(FeatureSchema schema, RowTable users, RowTable items) {
        this.users = users;
        this.items = items;
        this.contexts = new ContextEncoder(schema);
        this.userRow = allocate(schema.layout(FeatureScope.USER));
        this.contextRow = allocate(schema.layout(FeatureScope.CONTEXT));
        this.itemRow = allocate(schema.layout(FeatureScope.ITEM));
    }

    private static MemorySegment allocate(RowLayout layout) {
        return Arena.ofAuto().allocate(layout.rowBytes(), ALIGNMENT_BYTES);
    }

    /** The row of a user; that of a stranger where there is none. Overwritten by the next. */
    MemorySegment user(long userId) {
        int row = users.indexOf(userId);
        if (row < 0) {
            users.layout().clear(userRow, 0);
        } else {
            MemorySegment.copy(
                    users.segment(), users.offset(row), userRow, 0, users.layout().rowBytes());
        }
        users.layout().cross(userRow, 0);
        return userRow;
    }

    /**
     * Gives the last row of a user the histories of a served one, which feedback and requests may
     * have changed since the data was made.
     *
     * @return whether they were others.
     */
    boolean takeHistories(MemorySegment served, long offset) {
        boolean areOthers = false;
        RowLayout layout = users.layout();
        for (FeatureField field : layout.fields()) {
            if (field.kind() == FeatureKind.SEQUENCE) {
                long at = (long) layout.slotOf(field) * Integer.BYTES;
                long end = at + (long) field.slots() * Integer.BYTES;
                areOthers |=
                        MemorySegment.mismatch(served, offset + at, offset + end, userRow, at, end)
                                >= 0;
                MemorySegment.copy(served, offset + at, userRow, at, end - at);
            }
        }
        return areOthers;
    }

    /** The row of an item, or null for one that came later. Overwritten by the next. */
    @Nullable MemorySegment item(long itemId) {
        int row = items.indexOf(itemId);
        if (row < 0) {
            return null;
        }
        MemorySegment.copy(
                items.segment(), items.offset(row), itemRow, 0, items.layout().rowBytes());
        items.layout().cross(itemRow, 0);
        return itemRow;
    }

    /** The row of the context of a request. Overwritten by the next. */
    MemorySegment context(Impression impression) {
        int[] fields = new int[impression.contextCount()];
        int[] codes = new int[fields.length];
        Arrays.setAll(fields, impression::contextField);
        Arrays.setAll(codes, impression::contextCode);
        contexts.encodeInto(impression.momentMs(), fields, codes, fields.length, contextRow, 0);
        return contextRow;
    }
}
