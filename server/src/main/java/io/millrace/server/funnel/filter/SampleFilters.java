package io.millrace.server.funnel.filter;

import io.millrace.core.wire.WireLimits;
import io.millrace.index.attributes.Attribute;
import io.millrace.index.attributes.AttributeKind;
import io.millrace.index.attributes.AttributeTable;
import io.millrace.index.attributes.BoolColumn;
import io.millrace.index.attributes.CategoryColumn;
import io.millrace.index.attributes.Column;
import io.millrace.index.attributes.Float64Column;
import io.millrace.index.attributes.Int64Column;
import io.millrace.index.attributes.TagsColumn;
import io.millrace.server.funnel.attributes.ServedAttributes;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Filters that nobody has sent, to warm up with: one for each kind of attribute, by a value in the
 * middle of those that items have, and one that few items meet if any. So some leave most items,
 * some a few, and each way to search with a filter is gone.
 *
 * <p>Threading: none of its own.
 */
public final class SampleFilters {
    private static final int MOST_VALUES = 1_024;

    private SampleFilters() {}

    /**
     * Filters that items of a bundle meet.
     *
     * @param attributes of its items; null where it has none
     * @return the texts of filters, or none
     */
    public static List<String> of(@Nullable ServedAttributes attributes) {
        return attributes == null ? List.of() : of(attributes.table(), attributes.items());
    }

    static List<String> of(AttributeTable table, int items) {
        List<String> filters = new ArrayList<>();
        Set<AttributeKind> kinds = EnumSet.noneOf(AttributeKind.class);
        for (Attribute attribute : table.schema().attributes()) {
            String name = attribute.name();
            if (kinds.isEmpty()) {
                filters.add(name + " is missing");
            }
            if (kinds.add(attribute.kind())) {
                addIfShort(filters, name, term(table.column(name), items));
            }
        }
        return filters;
    }

    private static void addIfShort(List<String> filters, String name, @Nullable String term) {
        String filter = name + term;
        boolean isShort =
                filter.getBytes(StandardCharsets.UTF_8).length <= WireLimits.MAX_FILTER_BYTES;
        if (term != null && isShort) {
            filters.add(filter);
        }
    }

    /** What stands behind the name; null where no item has a value. */
    private static @Nullable String term(Column column, int items) {
        return switch (column) {
            case Int64Column wholes -> behind(" >= ", middle(items, row -> whole(wholes, row)));
            case Float64Column decimals ->
                    behind(" >= ", middle(items, row -> decimal(decimals, row)));
            case BoolColumn ignored -> " = true";
            case CategoryColumn texts -> behind(" = ", quoted(middle(items, texts::get)));
            case TagsColumn tags -> behind(" has ", quoted(middle(items, row -> first(tags, row))));
        };
    }

    private static @Nullable String behind(String operator, @Nullable Object value) {
        return value == null ? null : operator + value;
    }

    private static @Nullable Long whole(Int64Column column, int row) {
        return column.isMissing(row) ? null : column.get(row);
    }

    private static @Nullable Double decimal(Float64Column column, int row) {
        return column.isMissing(row) ? null : column.get(row);
    }

    private static @Nullable String first(TagsColumn column, int row) {
        List<String> tags = column.get(row);
        return tags == null || tags.isEmpty() ? null : tags.getFirst();
    }

    private static @Nullable String quoted(@Nullable String text) {
        return text == null ? null : "'" + text.replace("'", "''") + "'";
    }

    /** The median of the values of some items, spread over all; null where none has one. */
    private static <T extends Comparable<T>> @Nullable T middle(
            int items, IntFunction<@Nullable T> valueOf) {
        int count = Math.min(items, MOST_VALUES);
        List<T> values =
                IntStream.range(0, count)
                        .mapToObj(i -> valueOf.apply((int) ((long) i * items / count)))
                        .flatMap(value -> value == null ? Stream.empty() : Stream.of(value))
                        .sorted()
                        .toList();
        return values.isEmpty() ? null : values.get(values.size() / 2);
    }
}
