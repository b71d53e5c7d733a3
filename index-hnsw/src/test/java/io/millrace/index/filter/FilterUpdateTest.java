package io.millrace.index.filter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.random.SplitRandom;
import io.millrace.index.attributes.AttributeTable;
import io.millrace.index.attributes.CategoryColumn;
import io.millrace.index.attributes.Float64Column;
import io.millrace.index.attributes.Int64Column;
import io.millrace.index.attributes.TagsColumn;
import io.millrace.index.predicate.Predicate;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One thread changes rows while another asks. Every value the writer gives meets the conditions
 * below, so a row that does not was seen in between.
 */
final class FilterUpdateTest {
    private static final int ROWS = 5000;
    private static final int CHANGES = 300_000;

    /** Parts of two numbers whose bits all differ make up none of these. */
    private static final long[] WHOLES = {0x5555_5555_5555_5555L, 0x2AAA_AAAA_AAAA_AAAAL};

    /** Brands that come up one after the other, while the dictionary is being looked at. */
    private static final int BRANDS = 1000;

    private static final String ALL_BRANDS =
            IntStream.range(0, BRANDS)
                    .mapToObj(i -> "'b" + i + "'")
                    .collect(Collectors.joining(", ", "brand in (", ")"));

    private static final List<String> ALWAYS =
            List.of(
                    ALL_BRANDS,
                    "stock in (6148914691236517205, 3074457345618258602)",
                    "stock between 3074457345618258602 and 6148914691236517205",
                    "stock != 5",
                    "category not in ('four', 'new')",
                    "not tags has all ('even', 'odd')",
                    "price in (0.1, -12345678.9)",
                    "category in ('one', 'two', 'three')",
                    "tags has any ('even', 'odd')",
                    "not words has 'never'",
                    "not (tags is missing or stock is missing or price is missing)");

    @Test
    void shouldSeeWholeValuesWhenRowsChangeMeanwhile() throws InterruptedException {
        try (AttributeTable table = AttributeTable.allocate(RandomRows.SCHEMA, ROWS)) {
            SplitRandom random = new SplitRandom(1);
            for (int row = 0; row < ROWS; row++) {
                change(table, row, random, 0);
            }
            AtomicBoolean isDone = new AtomicBoolean();
            AtomicReference<Throwable> failure = new AtomicReference<>();
            Thread writer =
                    new Thread(
                            () -> {
                                for (int i = 0; i < CHANGES; i++) {
                                    change(table, random.nextInt(ROWS), random, i);
                                }
                                isDone.set(true);
                            },
                            "millrace-writer-1");
            writer.setUncaughtExceptionHandler(
                    (thread, e) -> {
                        failure.set(e);
                        isDone.set(true);
                    });
            writer.start();
            int fills = read(table, isDone);
            writer.join();
            assertEquals(null, failure.get());
            assertTrue(fills > 1, "fills=" + fills);
        }
    }

    private static int read(AttributeTable table, AtomicBoolean isDone) {
        List<FilterPlan> plans = new ArrayList<>();
        for (String text : ALWAYS) {
            plans.add(FilterPlan.of(Predicate.compile(text, table.schema()), table));
        }
        TagsColumn words = (TagsColumn) table.column("words");
        OrdinalBitSet set = new OrdinalBitSet(ROWS);
        int fills = 0;
        while (!isDone.get()) {
            for (int i = 0; i < plans.size(); i++) {
                plans.get(i).fillInto(set);
                assertEquals(ROWS, set.cardinality(), ALWAYS.get(i));
                for (int row = fills % 97; row < ROWS; row += 97) {
                    assertTrue(plans.get(i).test(row), ALWAYS.get(i));
                    List<String> list = words.get(row);
                    assertTrue(list == null || list.size() == count(list), () -> "" + list);
                }
            }
            fills++;
        }
        return fills;
    }

    /** What the first word of a list says of how many there are. */
    private static int count(List<String> list) {
        return list.isEmpty() ? 0 : Integer.parseInt(list.getFirst().split("-", -1)[0]);
    }

    private static void change(AttributeTable table, int row, SplitRandom random, int step) {
        ((Int64Column) table.column("stock")).set(row, WHOLES[random.nextInt(2)]);
        ((Float64Column) table.column("price"))
                .set(row, random.nextInt(2) == 0 ? 0.1 : -12345678.9);
        String[] categories = {"one", "two", "three"};
        ((CategoryColumn) table.column("category")).set(row, categories[random.nextInt(3)]);
        int brands = 1 + (int) ((long) step * BRANDS / CHANGES);
        ((CategoryColumn) table.column("brand")).set(row, "b" + random.nextInt(brands));
        ((TagsColumn) table.column("tags"))
                .set(row, random.nextInt(2) == 0 ? List.of("even", "x") : List.of("y", "odd"));
        // A dictionary that grows while it is read, and lists that say how long they are.
        List<String> words = new ArrayList<>();
        int count = random.nextInt(5);
        for (int i = 0; i < count; i++) {
            words.add(count + "-" + i + "-" + step % 2000);
        }
        ((TagsColumn) table.column("words")).set(row, words);
        if (random.nextInt(10) == 0) {
            table.column("words").setMissing(row);
        }
    }
}
