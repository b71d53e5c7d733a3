package io.millrace.server.funnel.rows;

import io.millrace.core.HotPath;
import io.millrace.core.wire.Status;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.RawForm;
import io.millrace.ranker.features.RowEncoder;
import io.millrace.server.request.Answer;
import io.millrace.server.request.ErrorText;
import io.millrace.server.request.RequestCandidates;
import io.millrace.server.request.RequestColumns;

import org.agrona.DirectBuffer;

/**
 * Says in an answer what is wrong with the columns of a request: the field, the candidate and the
 * value.
 *
 * <p>Threading: one thread. Allocation: none.
 */
@HotPath
final class ColumnErrors {
    /** Of a text that is no value; the rest is cut. */
    private static final int SHOWN_BYTES = 64;

    private ColumnErrors() {}

    static void unknownField(Answer answer, RequestColumns columns, int column) {
        bad(answer, "no such field: field=")
                .append(
                        columns.bytes(),
                        columns.nameOffset(column),
                        Math.min(columns.nameLength(column), SHOWN_BYTES))
                .append("; ask the server for the columns there are");
    }

    static void wrongForm(Answer answer, FeatureField field, RawForm form) {
        String wanted =
                switch (form) {
                    case NUMBER -> " takes numbers, not texts";
                    case TEXT -> " takes texts, not numbers";
                    case WEIGHTED -> " has weights, which columns can't bring; leave it out";
                    case DERIVED -> " follows from other fields; leave it out";
                };
        bad(answer, "wrong form of a column: field=").append(field.name()).append(wanted);
    }

    static void historyField(Answer answer, FeatureField field) {
        bad(answer, "a history follows from feedback; send that: field=").append(field.name());
    }

    static void namedTooOften(Answer answer, FeatureField field) {
        bad(answer, "too many columns of a field: field=")
                .append(field.name())
                .append(", limit=")
                .append(field.maxValues());
    }

    static void wrongLength(Answer answer, FeatureField field, int bytes, int candidates) {
        bad(answer, "wrong length of values: field=")
                .append(field.name())
                .append(", bytes=")
                .append(bytes)
                .append(", candidates=")
                .append(candidates)
                .append("; send a value for each, or one for all");
    }

    static void badNumber(
            Answer answer,
            FeatureField field,
            RowEncoder.Outcome outcome,
            RequestCandidates candidates,
            int row,
            double number) {
        ErrorText text = badValue(answer, field, outcome, candidates, row);
        if (outcome == RowEncoder.Outcome.NO_ID) {
            text.append(", value=").append((long) number);
        }
    }

    static void badText(
            Answer answer,
            FeatureField field,
            RowEncoder.Outcome outcome,
            RequestCandidates candidates,
            int row,
            DirectBuffer bytes,
            int offset,
            int length) {
        badValue(answer, field, outcome, candidates, row)
                .append(", value=")
                .append(bytes, offset, Math.min(length, SHOWN_BYTES));
    }

    private static ErrorText badValue(
            Answer answer,
            FeatureField field,
            RowEncoder.Outcome outcome,
            RequestCandidates candidates,
            int row) {
        String what =
                switch (outcome) {
                    case TAKEN -> "value: field=";
                    case NOT_FINITE -> "number is not finite: field=";
                    case NO_ID -> "number is no id of the field: field=";
                    case NO_TEXT -> "text is not utf-8: field=";
                    case TOO_MANY -> "too many values: field=";
                };
        return bad(answer, what)
                .append(field.name())
                .append(", candidate=")
                .append(row)
                .append(", item=")
                .append(candidates.itemId(row));
    }

    private static ErrorText bad(Answer answer, String what) {
        return answer.fail(Status.BAD_REQUEST, what);
    }
}
