package io.millrace.client.message;

import io.millrace.core.wire.codec.ColumnsResponseDecoder;
import io.millrace.core.wire.codec.FormCode;

import java.util.ArrayList;
import java.util.List;

/**
 * What a rank request may bring.
 *
 * @param fingerprint of the bundle.
 * @param maxCandidates the most candidates.
 * @param maxColumnBytes the most bytes of all columns, names and values.
 * @param columns in the order of the feature schema.
 */
public record RankColumns(
        long fingerprint, int maxCandidates, int maxColumnBytes, List<Column> columns) {
    /** Copies the list. */
    public RankColumns {
        columns = List.copyOf(columns);
    }

    /** Reads an answer. */
    static RankColumns of(ColumnsResponseDecoder response) {
        List<Column> columns = new ArrayList<>();
        for (ColumnsResponseDecoder.ColumnsDecoder column : response.columns()) {
            FormCode form = form(column.formRaw());
            int maxValues = column.maxValues();
            columns.add(new Column(column.name(), form, maxValues));
        }
        return new RankColumns(
                response.fingerprint(),
                response.maxCandidates(),
                response.maxColumnBytes(),
                columns);
    }

    private static FormCode form(int code) {
        for (FormCode form : FormCode.values()) {
            if (form.value() == code) {
                return form;
            }
        }
        return FormCode.NULL_VAL;
    }

    /**
     * A feature of the candidates.
     *
     * @param name of the feature.
     * @param form in which form its values come; {@code NULL_VAL} for a code of a later version.
     * @param maxValues how often the column may come: above 1 for tags.
     */
    public record Column(String name, FormCode form, int maxValues) {}
}
