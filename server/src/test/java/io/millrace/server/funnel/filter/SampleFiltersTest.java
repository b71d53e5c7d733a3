package io.millrace.server.funnel.filter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.index.attributes.Attribute;
import io.millrace.index.attributes.AttributeKind;
import io.millrace.index.attributes.AttributeSchema;
import io.millrace.index.attributes.AttributeTable;
import io.millrace.index.attributes.BoolColumn;
import io.millrace.index.attributes.CategoryColumn;
import io.millrace.index.attributes.Float64Column;
import io.millrace.index.attributes.Int64Column;
import io.millrace.index.attributes.TagsColumn;
import io.millrace.index.filter.FilterPlan;
import io.millrace.index.predicate.Predicate;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Locale;

class SampleFiltersTest {
    private static final int ITEMS = 5_000;
    private static final int ROOM = 100;

    private final AttributeTable table =
            AttributeTable.allocate(
                    AttributeSchema.of(
                            new Attribute("price", AttributeKind.FLOAT64),
                            new Attribute("stock", AttributeKind.INT64),
                            new Attribute("fresh", AttributeKind.BOOL),
                            new Attribute("category", AttributeKind.CATEGORY),
                            new Attribute("tags", AttributeKind.TAGS),
                            new Attribute("second_price", AttributeKind.FLOAT64)),
                    ITEMS + ROOM);

    @AfterEach
    void close() {
        table.close();
    }

    @Test
    void shouldHaveOneForEachKind() {
        for (int item = 0; item < ITEMS; item++) {
            fill(item);
        }

        List<String> filters = SampleFilters.of(table, ITEMS);

        assertEquals(
                List.of("price", "price", "stock", "fresh", "category", "tags"),
                filters.stream().map(filter -> filter.substring(0, filter.indexOf(' '))).toList());
        assertEquals(
                List.of("0.00", "0.50", "0.50", "0.50", "0.25", "0.33"),
                filters.stream().map(this::share).toList(),
                filters.toString());
    }

    private void fill(int item) {
        ((Float64Column) table.column("price")).set(item, item * 1e-9);
        ((Int64Column) table.column("stock")).set(item, -item);
        ((BoolColumn) table.column("fresh")).set(item, item % 2 == 0);
        ((CategoryColumn) table.column("category")).set(item, "it's " + item % 4);
        ((TagsColumn) table.column("tags")).set(item, List.of("tag " + item % 3));
    }

    private String share(String filter) {
        Predicate predicate = Predicate.compile(filter, table.schema());
        double share = (double) FilterPlan.of(predicate, table, ITEMS).count() / ITEMS;
        return String.format(Locale.ROOT, "%.2f", share);
    }

    @Test
    void shouldSayNothingOfValuesThatNoItemHas() {
        assertEquals(List.of("price is missing", "fresh = true"), SampleFilters.of(table, ITEMS));
    }

    @Test
    void shouldLeaveOutATextThatNoRequestHasRoomFor() {
        ((CategoryColumn) table.column("category")).set(0, "'".repeat(1_500));

        assertEquals(List.of("price is missing", "fresh = true"), SampleFilters.of(table, ITEMS));
    }

    @Test
    void shouldHaveNoneWhereRequestsCantFilter() {
        assertEquals(List.of(), SampleFilters.of(null));
    }
}
