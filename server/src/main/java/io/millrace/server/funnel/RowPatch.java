package io.millrace.server.funnel;

import io.millrace.core.wire.Status;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Request;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The features that an update brings, and their way into a row. All other features of the row stay
 * as they are, but for those that follow from the ones that changed.
 *
 * <p>Threading: one thread. Allocation: only in the constructor.
 */
final class RowPatch {
    private final ColumnReader columns;
    private final RowLayout layout;
    private final MemorySegment values;

    RowPatch(FeatureSchema schema, FeatureScope scope) {
        columns = new ColumnReader(schema, scope);
        layout = schema.layout(scope);
        values = Arena.ofAuto().allocate(layout.rowBytes(), RowLayout.ROW_ALIGNMENT_BYTES);
    }

    /** Reads the columns of an update; false where the answer says what is wrong with them. */
    boolean read(Request request, Answer answer) {
        if (request.candidates().columns().count() == 0) {
            answer.fail(Status.BAD_REQUEST, "an update of nothing; send columns");
            return false;
        }
        return columns.readInto(request, values, answer);
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
