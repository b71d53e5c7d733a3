package io.millrace.data.importers.source;

import io.millrace.core.error.MillraceException;

import org.apache.parquet.example.data.Group;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.StringJoiner;

/**
 * A column of a Parquet file and the texts of its values. A list is one text, its values between
 * separators. Of the three forms of lists that the format knows (LogicalTypes.md, "Lists"), files
 * of all ages have one or another.
 *
 * <p>Threading: one thread.
 */
final class ParquetColumn {
    private final int field;

    /** Whether the values stand in a group of their own. */
    private final boolean isWrapped;

    /** Whether each value of the list stands in one, too. */
    private final boolean isEachWrapped;

    private final @Nullable String separator;
    private final ParquetValue value;

    /**
     * A column.
     *
     * @param file for the error.
     * @param schema the columns that are read.
     * @param name one of them.
     * @param separator what to put between the values of a list; null where there is to be none.
     */
    ParquetColumn(Path file, GroupType schema, String name, @Nullable String separator) {
        field = schema.getFieldIndex(name);
        Type type = schema.getType(field);
        Type values = type;
        isWrapped = !type.isPrimitive() && isOnlyField(type);
        if (isWrapped) {
            values = type.asGroupType().getType(0);
        }
        boolean isList = values.isRepetition(Type.Repetition.REPEATED);
        isEachWrapped = isList && !values.isPrimitive() && isOnlyField(values);
        Type each = isEachWrapped ? values.asGroupType().getType(0) : values;
        boolean isStruct = isWrapped && !isList;
        ParquetValue known =
                isStruct || !each.isPrimitive() ? null : ParquetValue.of(each.asPrimitiveType());
        if (known == null || (isList && separator == null)) {
            throw MillraceException.badInput(
                    "a column that cannot be read so: file=%s, column=%s, type=%s; numbers, texts,"
                            + " times and, as TAGS, lists of them can be",
                    file, name, type.toString().replaceAll("\\s+", " "));
        }
        value = known;
        this.separator = isList ? separator : null;
    }

    private static boolean isOnlyField(Type group) {
        return group.asGroupType().getFieldCount() == 1;
    }

    /** The text of a row's value, empty where there is none. */
    String text(Group row) {
        if (row.getFieldRepetitionCount(field) == 0) {
            return "";
        }
        if (separator == null) {
            return value.text(row, field, 0);
        }
        Group group = isWrapped ? row.getGroup(field, 0) : row;
        int values = isWrapped ? 0 : field;
        StringJoiner joined = new StringJoiner(separator);
        for (int i = 0; i < group.getFieldRepetitionCount(values); i++) {
            if (!isEachWrapped) {
                joined.add(value.text(group, values, i));
                continue;
            }
            Group each = group.getGroup(values, i);
            if (each.getFieldRepetitionCount(0) > 0) {
                joined.add(value.text(each, 0, 0));
            }
        }
        return joined.toString();
    }
}
