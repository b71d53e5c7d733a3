package io.millrace.cli.query;

import io.millrace.client.message.RankColumn;
import io.millrace.client.message.RankColumns;
import io.millrace.core.error.MillraceException;
import io.millrace.core.wire.codec.FormCode;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Features of one item or user, as they are given on a command line: by name, with {@code |}
 * between tags, and nothing for what is missing.
 */
final class FeatureValues {
    private static final Pattern BETWEEN_TAGS = Pattern.compile("|", Pattern.LITERAL);

    private FeatureValues() {}

    /**
     * Makes columns of them.
     *
     * @param given text by name.
     * @param known what the server takes.
     * @return a column for each value.
     * @throws MillraceException USAGE when a feature is none of those, or a value no number.
     */
    static List<RankColumn> columns(Map<String, String> given, RankColumns known) {
        List<RankColumn> columns = new ArrayList<>();
        given.forEach(
                (name, text) -> {
                    RankColumns.Column column = column(known, name);
                    String[] values =
                            column.maxValues() == 1
                                    ? new String[] {text}
                                    : BETWEEN_TAGS.split(text, -1);
                    for (String value : values) {
                        columns.add(column(column, value));
                    }
                });
        return columns;
    }

    private static RankColumns.Column column(RankColumns known, String name) {
        for (RankColumns.Column column : known.columns()) {
            if (column.name().equals(name)) {
                return column;
            }
        }
        throw MillraceException.usage(
                "no such feature: --set %s, known=%s; name one of them",
                name, known.columns().stream().map(RankColumns.Column::name).toList());
    }

    private static RankColumn column(RankColumns.Column column, String value) {
        if (column.form() != FormCode.NUMBERS) {
            return new RankColumn.Texts(column.name(), List.of(value));
        }
        try {
            double number = value.isEmpty() ? Double.NaN : Double.parseDouble(value);
            return new RankColumn.Numbers(column.name(), new double[] {number});
        } catch (NumberFormatException e) {
            throw MillraceException.usage(
                    "not a number: --set %s=%s; correct it", column.name(), value);
        }
    }
}
