package io.millrace.index.filter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.random.SplitRandom;
import io.millrace.index.attributes.Attribute;
import io.millrace.index.attributes.AttributeKind;
import io.millrace.index.attributes.AttributeSchema;
import io.millrace.index.attributes.AttributeTable;
import io.millrace.index.attributes.CategoryColumn;
import io.millrace.index.attributes.Int64Column;
import io.millrace.index.attributes.OpenChange;
import io.millrace.index.attributes.TagsColumn;
import io.millrace.index.predicate.Predicate;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Map;

final class FilterPlanTest {
    /** Random predicates over random rows, each against a plain walk over the rows. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 63, 64, 65, 700})
    void shouldMeetTheMeaningWhenPredicatesAreRandom(int count) {
        int predicates = 1000;
        List<Map<String, Object>> rows = RandomRows.of(new SplitRandom(count), count);
        OrdinalBitSet set = new OrdinalBitSet(count);
        OrdinalBitSet other = new OrdinalBitSet(count);
        long matched = 0;
        try (AttributeTable table = RandomRows.table(rows)) {
            for (int seed = 0; seed < predicates; seed++) {
                RandomPredicate predicate = new RandomPredicate(SplitRandom.forStream(count, seed));
                String what = "seed=" + seed + ", predicate=" + predicate.text();
                FilterPlan plan = plan(predicate.text(), table);
                predicate.setParameters(plan);
                // What was in the set before must not matter.
                set.fill();
                plan.fillInto(set);
                int expected = 0;
                for (int row = 0; row < count; row++) {
                    boolean isMet = predicate.test(rows.get(row));
                    expected += isMet ? 1 : 0;
                    if (isMet != set.contains(row) || isMet != plan.test(row)) {
                        fail(what + ", expected=" + isMet + ", row=" + rows.get(row));
                    }
                }
                assertEquals(expected, set.cardinality(), what);
                other.clear();
                OpenChange.during(table, () -> plan.fillInto(other));
                other.not();
                other.or(set);
                assertEquals(count, other.cardinality(), "row by row, " + what);
                assertEquals(expected, plan.count(), what);
                assertEquals(
                        count == 0 ? 0 : (double) expected / count,
                        plan.estimateSelectivity(),
                        what);
                matched += expected;
            }
        }
        assertTrue(count == 0 || matched > count * (predicates / 10L), "matched=" + matched);
    }

    /** Rows behind those of the index are there to be asked about, one by one. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 64, 100, 4_095, 17_000})
    void shouldFillTheFirstRowsOnlyWhenTheIndexHasNoMore(int first) {
        int rows = 17_100;
        try (AttributeTable table = AttributeTable.allocate(RandomRows.SCHEMA, rows)) {
            Int64Column stock = (Int64Column) table.column("stock");
            int expected = 0;
            for (int row = 0; row < rows; row++) {
                stock.set(row, row < first ? row % 3 : 1);
                expected += row < first && row % 3 == 1 ? 1 : 0;
            }
            Predicate predicate = Predicate.compile("stock = 1", table.schema());
            FilterPlan plan = FilterPlan.of(predicate, table, first);
            OrdinalBitSet set = new OrdinalBitSet(first);
            plan.fillInto(set);
            assertEquals(first, plan.rows());
            assertEquals(expected, set.cardinality());
            assertEquals(expected, plan.count());
            assertEquals(
                    first == 0 ? 0 : 1 / 3.0, plan.estimateSelectivity(), 0.7 / (first + 1) + 0.05);
            assertTrue(plan.test(rows - 1));
        }
    }

    @Test
    void shouldRefuseAnIndexOfMoreRowsThanTheTable() {
        try (AttributeTable table = AttributeTable.allocate(RandomRows.SCHEMA, 10)) {
            Predicate predicate = Predicate.compile("stock = 1", table.schema());
            MillraceException e =
                    assertThrows(
                            MillraceException.class, () -> FilterPlan.of(predicate, table, 11));
            assertEquals(ErrorCode.MISMATCH, e.code());
        }
    }

    @Test
    void shouldWorkOutEveryBlockWhenRowsFillMoreThanOne() {
        int rows = 64 * 64 * 3 + 17;
        try (AttributeTable table = AttributeTable.allocate(RandomRows.SCHEMA, rows)) {
            Int64Column stock = (Int64Column) table.column("stock");
            for (int row = 0; row < rows; row++) {
                stock.set(row, row % 1000);
            }
            OrdinalBitSet set = new OrdinalBitSet(rows);
            plan("stock < 10 or not stock < 990", table).fillInto(set);
            for (int row = 0; row < rows; row++) {
                boolean isMet = row % 1000 < 10 || row % 1000 >= 990;
                assertEquals(isMet, set.contains(row), "row=" + row);
            }
        }
    }

    @Test
    void shouldEstimateNearTheTruthWhenRowsAreMany() {
        int rows = 100_000;
        try (AttributeTable table = AttributeTable.allocate(RandomRows.SCHEMA, rows)) {
            Int64Column stock = (Int64Column) table.column("stock");
            SplitRandom random = new SplitRandom(5);
            for (int row = 0; row < rows; row++) {
                stock.set(row, random.nextInt(1000));
            }
            FilterPlan plan = plan("stock < $1", table);
            for (int bound : new int[] {0, 1, 10, 100, 500, 999, 1000}) {
                plan.setWhole(1, bound);
                double actual = (double) plan.count() / rows;
                double allowed = 4 * Math.sqrt(actual * (1 - actual) / FilterPlan.SAMPLE_ROWS);
                assertEquals(actual, plan.estimateSelectivity(), allowed, "bound=" + bound);
                assertEquals(actual, bound / 1000.0, 0.01);
            }
        }
    }

    @Test
    void shouldSeeTheNewTextWhenADictionaryGrowsUnderAPlan() {
        try (AttributeTable table = AttributeTable.allocate(RandomRows.SCHEMA, 70)) {
            CategoryColumn brand = (CategoryColumn) table.column("brand");
            TagsColumn tags = (TagsColumn) table.column("tags");
            FilterPlan single = plan("brand = 'b'", table);
            FilterPlan list = plan("brand in ('b', 'c')", table);
            FilterPlan others = plan("brand not in ('x', 'c')", table);
            FilterPlan tagged = plan("tags has any ('b', 'c')", table);
            OrdinalBitSet set = new OrdinalBitSet(70);
            for (FilterPlan plan : new FilterPlan[] {single, list, others, tagged}) {
                assertFalse(plan.test(66));
                plan.fillInto(set);
                assertEquals(0, set.cardinality());
            }
            for (int i = 0; i < 300; i++) {
                brand.set(1, "filler" + i);
                tags.set(1, List.of("filler" + i));
            }
            brand.set(66, "b");
            tags.set(66, List.of("a", "b"));
            for (FilterPlan plan : new FilterPlan[] {single, list, others, tagged}) {
                assertTrue(plan.test(66));
                plan.fillInto(set);
                assertTrue(set.contains(66));
            }
            brand.set(66, "x");
            tags.set(66, List.of("a"));
            for (FilterPlan plan : new FilterPlan[] {single, list, others, tagged}) {
                assertFalse(plan.test(66));
            }
        }
    }

    /** Around the count of texts from which on signatures tell only which rows to look at. */
    @ParameterizedTest
    @ValueSource(ints = {1, 63, 64, 65, 66, 128, 129})
    void shouldTellTagsApartWhenTheyShareABitOfTheSignature(int count) {
        try (AttributeTable table = AttributeTable.allocate(RandomRows.SCHEMA, count)) {
            TagsColumn tags = (TagsColumn) table.column("tags");
            for (int row = 0; row < count; row++) {
                tags.set(row, List.of("t" + row));
            }
            FilterPlan any = plan("tags has $1", table);
            FilterPlan all = plan("tags has all ($1, $1)", table);
            OrdinalBitSet set = new OrdinalBitSet(count);
            for (int row = 0; row < count; row++) {
                for (FilterPlan plan : new FilterPlan[] {any, all}) {
                    plan.setText(1, "t" + row);
                    plan.fillInto(set);
                    assertEquals(1, set.cardinality());
                    assertEquals(row, set.nextSet(0));
                    for (int other = 0; other < count; other++) {
                        assertEquals(other == row, plan.test(other));
                    }
                }
            }
        }
    }

    @Test
    void shouldAnswerAnewWhenAParameterChanges() {
        try (AttributeTable table = AttributeTable.allocate(RandomRows.SCHEMA, 3)) {
            CategoryColumn category = (CategoryColumn) table.column("category");
            category.set(0, "shoes");
            category.set(1, "bags");
            FilterPlan plan = plan("category = $1 or stock = $2 or preorder = $3", table);
            plan.setWhole(2, 5);
            plan.setTruth(3, true);
            plan.setText(1, "shoes");
            assertTrue(plan.test(0));
            assertFalse(plan.test(1));
            plan.setText(1, "bags");
            assertFalse(plan.test(0));
            assertTrue(plan.test(1));
            plan.setText(1, "hats");
            assertEquals(0, plan.count());
        }
    }

    @Test
    void shouldRefuseWhenParametersDoNotFit() {
        try (AttributeTable table = AttributeTable.allocate(RandomRows.SCHEMA, 3)) {
            FilterPlan plan = plan("category = $1 and price < $2", table);
            plan.setText(1, "shoes");
            assertFails(ErrorCode.USAGE, "number=2, expected=a number", () -> plan.test(0));
            assertFails(ErrorCode.USAGE, "number=2, expected=a number", plan::count);
            assertFails(ErrorCode.USAGE, "number=0, least=1", () -> plan.setWhole(0, 1));
            assertFails(ErrorCode.USAGE, "number=3, least=1, limit=2", () -> plan.setWhole(3, 1));
            assertFails(
                    ErrorCode.USAGE,
                    "number=2, expected=a number, actual=a whole number",
                    () -> plan.setWhole(2, 1));
            assertFails(ErrorCode.BAD_INPUT, "value=NaN", () -> plan.setDecimal(2, Double.NaN));
            assertFails(ErrorCode.USAGE, "number=2", () -> plan.test(0));
            plan.setDecimal(2, 1);
            assertFalse(plan.test(0));
        }
    }

    @Test
    void shouldRefuseWhenTableOrSetIsAnother() {
        AttributeSchema other = AttributeSchema.of(new Attribute("stock", AttributeKind.FLOAT64));
        try (AttributeTable table = AttributeTable.allocate(RandomRows.SCHEMA, 3)) {
            Predicate predicate = Predicate.compile("stock > 1", other);
            assertFails(
                    ErrorCode.MISMATCH,
                    "predicate=stock, table=stock, price",
                    () -> FilterPlan.of(predicate, table));
            FilterPlan plan = plan("stock > 1", table);
            assertFails(
                    ErrorCode.MISMATCH,
                    "ordinals=4, rows=3",
                    () -> plan.fillInto(new OrdinalBitSet(4)));
        }
    }

    private static FilterPlan plan(String text, AttributeTable table) {
        return FilterPlan.of(Predicate.compile(text, table.schema()), table);
    }

    private static void assertFails(ErrorCode code, String part, Runnable action) {
        MillraceException e = assertThrows(MillraceException.class, action::run);
        assertEquals(code, e.code(), e.getMessage());
        assertTrue(e.getMessage().contains(part), e.getMessage());
    }
}
