package io.millrace.server.funnel.rows;

import io.millrace.core.HotPath;
import io.millrace.core.wire.ColumnBytes;
import io.millrace.core.wire.codec.FormCode;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureKind;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RawForm;
import io.millrace.ranker.features.RowEncoder;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Request;
import io.millrace.server.request.RequestCandidates;
import io.millrace.server.request.RequestColumns;

import org.agrona.DirectBuffer;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Makes rows from the columns of a request, by the code that makes the rows to train on: those of
 * the candidates of a rank request, or the one that a change is about.
 *
 * <p>Threading: one thread. Allocation: only in the constructor.
 */
@HotPath
public final class ColumnReader implements CandidateRows.Reader {
    private final RowEncoder encoder;
    private final FeatureField[] fields;
    private final long rowBytes;

    /** By field: how many columns of the request are its. */
    private final int[] columnsOf;

    public ColumnReader(FeatureSchema schema, FeatureScope scope) {
        encoder = new RowEncoder(schema, scope);
        fields = encoder.layout().fields().toArray(FeatureField[]::new);
        rowBytes = encoder.layout().rowBytes();
        columnsOf = new int[fields.length];
    }

    @Override
    public boolean readInto(Request request, MemorySegment rows, Answer answer) {
        RequestCandidates candidates = request.candidates();
        RequestColumns columns = candidates.columns();
        for (int row = 0; row < candidates.count(); row++) {
            encoder.begin(rows, row * rowBytes);
        }
        Arrays.fill(columnsOf, 0);
        for (int column = 0; column < columns.count(); column++) {
            int field = fieldOf(columns, column, answer);
            if (field == RowEncoder.NO_FIELD) {
                return false;
            }
            boolean isSound =
                    columns.form(column) == FormCode.NUMBERS
                            ? readNumbers(candidates, column, field, rows, answer)
                            : readTexts(candidates, column, field, rows, answer);
            if (!isSound) {
                return false;
            }
        }
        for (int row = 0; row < candidates.count(); row++) {
            encoder.finish(rows, row * rowBytes);
        }
        return true;
    }

    /** Whether the last request had a column of a field. */
    boolean isGiven(int field) {
        return columnsOf[field] > 0;
    }

    /** The field that a column is of, or {@link RowEncoder#NO_FIELD} and the answer says why. */
    private int fieldOf(RequestColumns columns, int column, Answer answer) {
        int field =
                encoder.fieldOf(
                        columns.bytes(), columns.nameOffset(column), columns.nameLength(column));
        if (field == RowEncoder.NO_FIELD) {
            ColumnErrors.unknownField(answer, columns, column);
            return RowEncoder.NO_FIELD;
        }
        if (fields[field].kind() == FeatureKind.SEQUENCE) {
            ColumnErrors.historyField(answer, fields[field]);
            return RowEncoder.NO_FIELD;
        }
        RawForm form = encoder.formOf(field);
        RawForm given = columns.form(column) == FormCode.NUMBERS ? RawForm.NUMBER : RawForm.TEXT;
        if (form != given) {
            ColumnErrors.wrongForm(answer, fields[field], form);
            return RowEncoder.NO_FIELD;
        }
        if (++columnsOf[field] > fields[field].maxValues()) {
            ColumnErrors.namedTooOften(answer, fields[field]);
            return RowEncoder.NO_FIELD;
        }
        return field;
    }

    private boolean readNumbers(
            RequestCandidates candidates,
            int column,
            int field,
            MemorySegment rows,
            Answer answer) {
        RequestColumns columns = candidates.columns();
        int length = columns.valuesLength(column);
        boolean isForAll = length == Double.BYTES;
        if (!isForAll && length != ColumnBytes.ofNumbers(candidates.count())) {
            ColumnErrors.wrongLength(answer, fields[field], length, candidates.count());
            return false;
        }
        int from = columns.valuesOffset(column);
        for (int row = 0; row < candidates.count(); row++) {
            double number = ColumnBytes.number(columns.bytes(), from, isForAll ? 0 : row);
            RowEncoder.Outcome outcome = encoder.putNumber(field, number, rows, row * rowBytes);
            if (outcome != RowEncoder.Outcome.TAKEN) {
                ColumnErrors.badNumber(answer, fields[field], outcome, candidates, row, number);
                return false;
            }
        }
        return true;
    }

    private boolean readTexts(
            RequestCandidates candidates,
            int column,
            int field,
            MemorySegment rows,
            Answer answer) {
        RequestColumns columns = candidates.columns();
        DirectBuffer bytes = columns.bytes();
        int length = columns.valuesLength(column);
        int next = columns.valuesOffset(column);
        int texts = countTexts(bytes, next, next + length);
        boolean isForAll = texts == 1;
        if (!isForAll && texts != candidates.count()) {
            ColumnErrors.wrongLength(answer, fields[field], length, candidates.count());
            return false;
        }
        for (int row = 0; row < candidates.count(); row++) {
            int text = next + ColumnBytes.TEXT_HEADER_BYTES;
            int textLength = ColumnBytes.textLength(bytes, next);
            RowEncoder.Outcome outcome =
                    encoder.putText(field, bytes, text, textLength, rows, row * rowBytes);
            if (outcome != RowEncoder.Outcome.TAKEN) {
                ColumnErrors.badText(
                        answer, fields[field], outcome, candidates, row, bytes, text, textLength);
                return false;
            }
            next = isForAll ? next : text + textLength;
        }
        return true;
    }

    /** How many texts there are, or -1 where the last one does not end where the values do. */
    private static int countTexts(DirectBuffer bytes, int from, int end) {
        int count = 0;
        int at = from;
        while (at + ColumnBytes.TEXT_HEADER_BYTES <= end) {
            at += ColumnBytes.TEXT_HEADER_BYTES + ColumnBytes.textLength(bytes, at);
            count++;
        }
        return at == end ? count : -1;
    }
}
