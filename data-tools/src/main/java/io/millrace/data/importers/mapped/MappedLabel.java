package io.millrace.data.importers.mapped;

import io.millrace.core.error.MillraceException;
import io.millrace.data.importers.source.RejectedRow;
import io.millrace.data.importers.source.SourceRow;

/**
 * What came of an event, by a number of the source.
 *
 * @param column where the number stands.
 * @param atLeast the least number that counts; a missing one does not.
 */
public record MappedLabel(String column, double atLeast) {
    /** Validates. */
    public MappedLabel {
        Mapping.require("column of a label", column);
        if (!Double.isFinite(atLeast)) {
            throw MillraceException.badInput(
                    "bad label in the mapping: column=%s, atLeast=%s; give a number",
                    column, atLeast);
        }
    }

    boolean holds(SourceRow row) throws RejectedRow {
        return row.number(column) >= atLeast;
    }
}
