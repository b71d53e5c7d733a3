package io.millrace.index.attributes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.memory.DirectMemory;
import io.millrace.core.random.SplitRandom;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

final class AttributeTableTest {
    @Test
    void shouldGiveBackWhatWasSetWhenValuesAreOdd() {
        try (AttributeTable table = SampleTable.make()) {
            String longest = "x".repeat(Dictionary.MAX_TEXT_LENGTH);
            assertEquals(
                    Arrays.asList(0L, 0.0, true, "shoes", List.of("new", "red"), null),
                    SampleTable.row(table, 0));
            assertEquals(
                    Arrays.asList(-1L, -0.1, false, "", List.of(), null),
                    SampleTable.row(table, 1));
            assertEquals(
                    Arrays.asList(
                            Long.MAX_VALUE,
                            Double.MAX_VALUE,
                            null,
                            "Größe \uD83D\uDC5F",
                            List.of("red", "new"),
                            null),
                    SampleTable.row(table, 2));
            assertEquals(
                    Arrays.asList(Long.MIN_VALUE + 1, -Double.MAX_VALUE, null, "shoes", null, null),
                    SampleTable.row(table, 3));
            assertEquals(Double.MIN_VALUE, ((Float64Column) table.column("price")).get(4));
            assertEquals(-Double.MIN_VALUE, ((Float64Column) table.column("price")).get(5));
            assertEquals(
                    Arrays.asList(69L, 1e-300, true, longest, List.of("shoes"), null),
                    SampleTable.row(table, 69));
            for (int row = 6; row < 33; row++) {
                assertEquals(
                        Arrays.asList(null, null, null, null, null, null),
                        SampleTable.row(table, row));
            }
        }
    }

    @Test
    void shouldForgetTheValueWhenItIsMadeMissing() {
        try (AttributeTable table = SampleTable.make()) {
            for (Column column : table.columns()) {
                column.setMissing(0);
                assertTrue(column.isMissing(0));
            }
            assertTrue(Double.isNaN(((Float64Column) table.column("price")).get(0)));
            assertEquals(0, ((TagsColumn) table.column("tags")).signatures().get(0));
        }
    }

    @Test
    void shouldKeepTheOrderOfNumbersWhenTheyBecomeKeys() {
        double[] sorted = {
            -Double.MAX_VALUE,
            -1e10,
            -1,
            -Double.MIN_NORMAL,
            -Double.MIN_VALUE,
            0,
            Double.MIN_VALUE,
            1,
            Math.nextUp(1.0),
            Double.MAX_VALUE
        };
        for (int i = 1; i < sorted.length; i++) {
            assertTrue(Float64Column.key(sorted[i - 1]) < Float64Column.key(sorted[i]), "" + i);
        }
        assertEquals(Float64Column.key(0.0), Float64Column.key(-0.0));
        assertTrue(Float64Column.key(-Double.MAX_VALUE) > LongCells.MISSING);
    }

    @Test
    void shouldTellWhenAnyValueChanges() {
        try (AttributeTable table = SampleTable.make()) {
            for (Column column : table.columns()) {
                long before = table.version();
                assertTrue(table.isStill(before));
                column.setMissing(1);
                assertTrue(table.version() > before && !table.isStill(before));
                assertTrue(table.isStill(table.version()));
            }
            long before = table.version();
            ((TagsColumn) table.column("tags")).set(1, List.of("new"));
            assertTrue(!table.isStill(before));
            OpenChange.during(table, () -> assertTrue(!table.isStill(table.version())));
        }
    }

    /** Lists of many lengths, replaced again and again, over the ends of several chunks. */
    @Test
    void shouldKeepEveryListWhenTheirAreaGrows() {
        int rows = 40;
        SplitRandom random = new SplitRandom(1);
        List<String> texts =
                IntStream.range(0, TagsColumn.MAX_TAGS).mapToObj(i -> "t" + i).toList();
        AttributeSchema schema = AttributeSchema.of(new Attribute("tags", AttributeKind.TAGS));
        try (AttributeTable table = AttributeTable.allocate(schema, rows)) {
            TagsColumn tags = (TagsColumn) table.column("tags");
            tags.set(0, texts);
            long bytes = table.bytes();
            List<List<String>> expected = new ArrayList<>();
            for (int row = 0; row < rows; row++) {
                expected.add(row == 0 ? texts : List.of());
                tags.set(row, expected.get(row));
            }
            for (int step = 0; step < 300; step++) {
                int row = random.nextInt(rows);
                int from = random.nextInt(1000);
                expected.set(row, texts.subList(from, from + random.nextInt(20_000)));
                tags.set(row, expected.get(row));
            }
            for (int row = 0; row < rows; row++) {
                assertEquals(expected.get(row), tags.get(row));
            }
            assertTrue(table.bytes() >= bytes + 2L * TagArea.CHUNK_CODES * Integer.BYTES);
        }
    }

    @Test
    void shouldFreeItsMemoryWhenClosed() {
        long before = DirectMemory.allocatedBytes();
        try (AttributeTable table = SampleTable.make()) {
            assertEquals(table.bytes(), DirectMemory.allocatedBytes() - before);
        }
        assertEquals(before, DirectMemory.allocatedBytes());
    }

    @Test
    void shouldRefuseWhenAValueCannotBeKept() {
        try (AttributeTable table = SampleTable.make()) {
            Int64Column stock = (Int64Column) table.column("stock");
            Float64Column price = (Float64Column) table.column("price");
            CategoryColumn category = (CategoryColumn) table.column("category");
            TagsColumn tags = (TagsColumn) table.column("tags");
            assertFails(
                    ErrorCode.BAD_INPUT,
                    "row=5, value=-9223372036854775808",
                    () -> stock.set(5, Long.MIN_VALUE));
            for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
                assertFails(ErrorCode.BAD_INPUT, "row=5, value=" + bad, () -> price.set(5, bad));
            }
            assertFails(
                    ErrorCode.LIMIT,
                    "length=4097, limit=4096",
                    () -> category.set(5, "x".repeat(Dictionary.MAX_TEXT_LENGTH + 1)));
            assertFails(ErrorCode.BAD_INPUT, "surrogate", () -> category.set(5, "a\uD83D"));
            List<String> many =
                    IntStream.rangeClosed(0, TagsColumn.MAX_TAGS).mapToObj(i -> "t" + i).toList();
            assertFails(ErrorCode.LIMIT, "tags=65536, limit=65535", () -> tags.set(5, many));
            assertFails(
                    ErrorCode.NOT_FOUND,
                    "name=pirce, attributes=stock, price",
                    () -> table.column("pirce"));
            assertTrue(stock.isMissing(5) && category.isMissing(5) && tags.isMissing(5));
        }
        assertFails(
                ErrorCode.USAGE, "rows=-1", () -> AttributeTable.allocate(SampleTable.SCHEMA, -1));
    }

    static void assertFails(ErrorCode code, String part, Runnable action) {
        MillraceException e = assertThrows(MillraceException.class, action::run);
        assertEquals(code, e.code(), e.getMessage());
        assertTrue(e.getMessage().contains(part), e.getMessage());
    }
}
