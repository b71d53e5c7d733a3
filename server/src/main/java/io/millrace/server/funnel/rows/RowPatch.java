package io.millrace.server.funnel.rows;

import io.millrace.core.wire.Status;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureKind;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Request;
import io.millrace.server.request.RequestKind;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The features that a change brings, and their way into a row. Those that an update leaves out stay
 * as they are, but for what follows from the ones that changed; those that an upsert leaves out are
 * missing.
 *
 * <p>Threading: one thread. Allocation: only in the constructor.
 */
final class RowPatch {
    private final ColumnReader columns;
    private final RowLayout layout;
    private final MemorySegment values;

    /** Slots of what says which item a row is of. */
    private final int[] idSlots;

    private final int[] idFields;

    RowPatch(FeatureSchema schema, FeatureScope scope) {
        columns = new ColumnReader(schema, scope);
        layout = schema.layout(scope);
        idFields =
                IntStream.range(0, layout.fields().size())
                        .filter(i -> isItemId(layout.fields().get(i)))
                        .toArray();
        idSlots = Arrays.stream(idFields).map(layout::slotOf).toArray();
        values = Arena.ofAuto().allocate(layout.rowBytes(), RowLayout.ROW_ALIGNMENT_BYTES);
    }

    private static boolean isItemId(FeatureField field) {
        return field.kind() == FeatureKind.CATEGORICAL
                && field.table().equals(FeatureField.ITEM_TABLE);
    }

    /** Reads the columns of a change; false where the answer says what is wrong with them. */
    boolean read(Request request, Answer answer) {
        if (request.candidates().columns().count() == 0 && !request.hasVector()) {
            answer.fail(
                    Status.BAD_REQUEST,
                    request.kind() == RequestKind.UPSERT
                            ? "an upsert of nothing; send columns or a vector"
                            : "an update of nothing; send columns");
            return false;
        }
        return columns.readInto(request, values, answer);
    }

    /**
     * Fills a row with what was read and nothing else.
     *
     * @param itemId what says which item it is, unless that was read: an id in the table of items
     */
    void fill(MemorySegment row, long offset, int itemId) {
        MemorySegment.copy(values, 0, row, offset, values.byteSize());
        for (int i = 0; i < idFields.length; i++) {
            if (!columns.isGiven(idFields[i])) {
                row.set(RowLayout.INT, offset + 4L * idSlots[i], itemId);
            }
        }
        layout.cross(row, offset);
    }

    /** Brings what was read into a row. */
    void applyTo(MemorySegment row, long offset) {
        for (int i = 0; i < layout.fields().size(); i++) {
            if (columns.isGiven(i)) {
                FeatureField field = layout.fields().get(i);
                long at = 4L * layout.slotOf(i);
                MemorySegment.copy(values, at, row, offset + at, 4L * field.slots());
            }
        }
        layout.cross(row, offset);
    }
}
