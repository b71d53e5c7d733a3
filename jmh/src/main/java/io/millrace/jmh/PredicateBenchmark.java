package io.millrace.jmh;

import io.millrace.core.random.SplitRandom;
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
import io.millrace.index.filter.OrdinalBitSet;
import io.millrace.index.predicate.Predicate;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Works predicates out over a million items with a price, a stock, a flag, a category of 50 and
 * three tags of 200 each, a tenth of the values missing: all rows into a set, single rows in random
 * order, and the estimate of how many rows match, in nanoseconds each on one thread.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@State(Scope.Thread)
public class PredicateBenchmark {
    private static final int TESTS = 1024;
    private static final int CATEGORIES = 50;
    private static final int TAGS = 200;
    private static final int TAGS_OF_A_ROW = 3;
    private static final int MISSING_STEP = 10;
    private static final AttributeSchema SCHEMA =
            AttributeSchema.of(
                    new Attribute("price", AttributeKind.FLOAT64),
                    new Attribute("stock", AttributeKind.INT64),
                    new Attribute("preorder", AttributeKind.BOOL),
                    new Attribute("category", AttributeKind.CATEGORY),
                    new Attribute("tags", AttributeKind.TAGS));

    /** Items. */
    @Param("1000000")
    int rows;

    /** What items are asked. */
    @Param Filter filter;

    /** The predicates, each with its meaning as a plain test of a row. */
    public enum Filter {
        /** A range of a number; a tenth of the rows. */
        NUMBER("price < 10") {
            @Override
            boolean test(World world, int row) {
                return world.price.get(row) < 10;
            }
        },
        /** A flag; 45 of a hundred rows. */
        FLAG("preorder") {
            @Override
            boolean test(World world, int row) {
                return world.preorder.get(row) == BoolColumn.TRUE;
            }
        },
        /** One text of a dictionary; a fiftieth of the rows. */
        CATEGORY("category = 'c3'") {
            @Override
            boolean test(World world, int row) {
                return "c3".equals(world.category.get(row));
            }
        },
        /** Several texts of a dictionary; a tenth of the rows. */
        CATEGORIES("category in ('c1', 'c2', 'c3', 'c5', 'c8')") {
            @Override
            boolean test(World world, int row) {
                String category = world.category.get(row);
                return category != null && List.of("c1", "c2", "c3", "c5", "c8").contains(category);
            }
        },
        /** Lists; one row in seventy. */
        TAG("tags has 't7'") {
            @Override
            boolean test(World world, int row) {
                List<String> tags = world.tags.get(row);
                return tags != null && tags.contains("t7");
            }
        },
        /** One of everything; one row in a hundred. */
        MIXED(
                "price < 10 and category in ('c1', 'c2', 'c3', 'c5', 'c8') and not tags has 't7'"
                        + " and (stock >= 1 or preorder)") {
            @Override
            boolean test(World world, int row) {
                return NUMBER.test(world, row)
                        && CATEGORIES.test(world, row)
                        && !TAG.test(world, row)
                        && (world.stock.get(row) >= 1 || FLAG.test(world, row));
            }
        };

        private final String text;

        Filter(String text) {
            this.text = text;
        }

        abstract boolean test(World world, int row);
    }

    /** The columns of the items. */
    record World(
            Float64Column price,
            Int64Column stock,
            BoolColumn preorder,
            CategoryColumn category,
            TagsColumn tags) {}

    private FilterPlan plan;
    private OrdinalBitSet set;
    private final int[] tested = new int[TESTS];

    /** Makes items and holds the plan's answers against plain tests of all rows. */
    @Setup
    public void prepare() {
        Expect.servingOptions();
        AttributeTable table = AtExit.close(AttributeTable.allocate(SCHEMA, rows));
        World world =
                new World(
                        (Float64Column) table.column("price"),
                        (Int64Column) table.column("stock"),
                        (BoolColumn) table.column("preorder"),
                        (CategoryColumn) table.column("category"),
                        (TagsColumn) table.column("tags"));
        SplitRandom random = new SplitRandom(53);
        fill(world, random);
        plan = FilterPlan.of(Predicate.compile(filter.text, SCHEMA), table);
        set = new OrdinalBitSet(rows);
        verify(world);
        for (int i = 0; i < TESTS; i++) {
            tested[i] = random.nextInt(rows);
        }
    }

    /**
     * All rows.
     *
     * @return the set.
     */
    @Benchmark
    public OrdinalBitSet fill() {
        plan.fillInto(set);
        return set;
    }

    /**
     * Single rows at random; time is that of one.
     *
     * @return how many matched.
     */
    @Benchmark
    @OperationsPerInvocation(TESTS)
    public int test() {
        int met = 0;
        for (int row : tested) {
            met += plan.test(row) ? 1 : 0;
        }
        return met;
    }

    /**
     * The estimate.
     *
     * @return part of the rows.
     */
    @Benchmark
    public double estimate() {
        return plan.estimateSelectivity();
    }

    private void fill(World world, SplitRandom random) {
        List<String> tags = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            if (random.nextInt(MISSING_STEP) > 0) {
                world.price.set(row, 100 * random.nextDouble());
            }
            if (random.nextInt(MISSING_STEP) > 0) {
                world.stock.set(row, random.nextInt(3));
            }
            if (random.nextInt(MISSING_STEP) > 0) {
                world.preorder.set(row, random.nextInt(2) == 0);
            }
            if (random.nextInt(MISSING_STEP) > 0) {
                world.category.set(row, "c" + random.nextInt(CATEGORIES));
            }
            if (random.nextInt(MISSING_STEP) > 0) {
                tags.clear();
                for (int i = 0; i < TAGS_OF_A_ROW; i++) {
                    tags.add("t" + random.nextInt(TAGS));
                }
                world.tags.set(row, tags);
            }
        }
    }

    private void verify(World world) {
        plan.fillInto(set);
        for (int row = 0; row < rows; row++) {
            boolean isMet = filter.test(world, row);
            Expect.that(
                    isMet == set.contains(row) && isMet == plan.test(row),
                    "wrong answer: filter=%s, row=%d",
                    filter,
                    row);
        }
        Expect.that(
                set.cardinality() > 0 && set.cardinality() < rows,
                "a filter of all or none: filter=%s",
                filter);
    }
}
