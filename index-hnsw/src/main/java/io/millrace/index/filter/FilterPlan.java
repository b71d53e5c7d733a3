package io.millrace.index.filter;

import io.millrace.core.HotPath;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.random.SplitRandom;
import io.millrace.index.attributes.AttributeTable;
import io.millrace.index.predicate.Predicate;

import java.util.Arrays;

/**
 * A predicate over the columns of a table, ready to be asked: about one row, or about all of them,
 * 64 rows a word and a few thousand rows at a time, so that what one condition leaves is still in
 * the first caches when the next one is asked. Conditions that cost less are asked first.
 *
 * <p>Parameters keep their values until they get others.
 *
 * <p>Where the table changes meanwhile, a term sees a value as it was before the change or after
 * it; two terms, or two attributes, may see a row before and after.
 *
 * <p>Threading: one thread at a time; the table may be written by another. Allocation: none after
 * construction, save a few words when a dictionary has grown.
 */
public final class FilterPlan {
    /** Tables of up to so many rows are counted and not estimated. */
    public static final int EXACT_ROWS = 16_384;

    /** Rows that an estimate looks at. */
    public static final int SAMPLE_ROWS = 1024;

    private final AttributeTable table;
    private final int rows;
    private final FilterParameters parameters;
    private final FilterNode root;
    private final long[] block = new long[FilterNode.BLOCK_WORDS];
    private boolean isPrepared;

    private FilterPlan(
            AttributeTable table, int rows, FilterParameters parameters, FilterNode root) {
        this.table = table;
        this.rows = rows;
        this.parameters = parameters;
        this.root = root;
    }

    /**
     * Makes a plan.
     *
     * @param predicate what rows must meet.
     * @param table the rows.
     * @return a plan for one thread.
     * @throws MillraceException MISMATCH when the table has other attributes than the predicate was
     *     compiled for.
     */
    public static FilterPlan of(Predicate predicate, AttributeTable table) {
        return of(predicate, table, table.rows());
    }

    /**
     * Makes a plan for an index that has the first rows of a table only. Sets, counts and estimates
     * are of those; {@link #test} may be asked about any row of the table.
     *
     * @param predicate what rows must meet.
     * @param table the rows.
     * @param rows how many of them the index has.
     * @return a plan for one thread.
     * @throws MillraceException MISMATCH when the table has other attributes than the predicate was
     *     compiled for, or fewer rows.
     */
    public static FilterPlan of(Predicate predicate, AttributeTable table, int rows) {
        if (rows < 0 || rows > table.rows()) {
            throw MillraceException.of(
                    ErrorCode.MISMATCH,
                    "table of another index: rows=%d, index=%d; make it for this one",
                    table.rows(),
                    rows);
        }
        if (!predicate.schema().equals(table.schema())) {
            throw MillraceException.of(
                    ErrorCode.MISMATCH,
                    "predicate of another schema: predicate=%s, table=%s; compile it for the"
                            + " table's",
                    predicate.schema().names(),
                    table.schema().names());
        }
        FilterParameters parameters = new FilterParameters(predicate.parameters());
        FilterNode root = new FilterPlanner(table, parameters).node(predicate.condition());
        return new FilterPlan(table, rows, parameters, root);
    }

    /**
     * How many rows sets, counts and estimates are of.
     *
     * @return from 0; all of the table unless it was made for fewer.
     */
    public int rows() {
        return rows;
    }

    /**
     * Gives a parameter that is compared with an int64 attribute its value.
     *
     * @param number from 1: {@code $1} is the first.
     * @param value its value.
     */
    @HotPath
    public void setWhole(int number, long value) {
        isPrepared = false;
        parameters.setWhole(number, value);
    }

    /**
     * Gives a parameter that is compared with a float64 attribute its value.
     *
     * @param number from 1: {@code $1} is the first.
     * @param value its value, finite.
     */
    @HotPath
    public void setDecimal(int number, double value) {
        isPrepared = false;
        parameters.setDecimal(number, value);
    }

    /**
     * Gives a parameter that is compared with a category or tags its value.
     *
     * @param number from 1: {@code $1} is the first.
     * @param value its value; one that no row has matches none.
     */
    @HotPath
    public void setText(int number, String value) {
        isPrepared = false;
        parameters.setText(number, value);
    }

    /**
     * Gives a parameter that is compared with a bool attribute its value.
     *
     * @param number from 1: {@code $1} is the first.
     * @param value its value.
     */
    @HotPath
    public void setTruth(int number, boolean value) {
        isPrepared = false;
        parameters.setTruth(number, value);
    }

    /**
     * Whether a row meets the predicate.
     *
     * @param ordinal which row.
     * @return true when it does.
     * @throws MillraceException USAGE when a parameter was never given a value.
     */
    @HotPath
    public boolean test(int ordinal) {
        assert ordinal >= 0 && ordinal < table.rows() : "ordinal=" + ordinal;
        if (!isPrepared) {
            prepare();
        }
        return root.test(ordinal);
    }

    /**
     * Fills a set with the rows that meet the predicate.
     *
     * @param target a set of {@link #rows()} ordinals; what was in it is gone.
     * @throws MillraceException USAGE when a parameter was never given a value, MISMATCH when the
     *     set is of another size.
     */
    @HotPath
    public void fillInto(OrdinalBitSet target) {
        if (target.size() != rows) {
            throw otherSize(target);
        }
        prepare();
        long[] words = target.words();
        for (int from = 0; from < words.length; from += FilterNode.BLOCK_WORDS) {
            int count = Math.min(FilterNode.BLOCK_WORDS, words.length - from);
            evaluate(from, words, from, count);
        }
    }

    /**
     * Counts the rows that meet the predicate, at the cost of a {@link #fillInto}.
     *
     * @return from 0 to {@link #rows()}.
     */
    @HotPath
    public int count() {
        prepare();
        int wordCount = (int) ((rows + (long) Long.SIZE - 1) / Long.SIZE);
        int sum = 0;
        for (int from = 0; from < wordCount; from += FilterNode.BLOCK_WORDS) {
            int count = Math.min(FilterNode.BLOCK_WORDS, wordCount - from);
            evaluate(from, block, 0, count);
            for (int i = 0; i < count; i++) {
                sum += Long.bitCount(block[i]);
            }
        }
        return sum;
    }

    /**
     * About how large a part of the rows meets the predicate: exact up to {@link #EXACT_ROWS} rows,
     * else from {@link #SAMPLE_ROWS} of them, spread evenly and always the same. Its standard error
     * is at most 0.016; a predicate that none of these rows meets may still be met by one row in
     * some hundreds.
     *
     * @return from 0 to 1; 0 for a table without rows.
     */
    @HotPath
    public double estimateSelectivity() {
        if (rows <= EXACT_ROWS) {
            return rows == 0 ? 0 : (double) count() / rows;
        }
        prepare();
        int step = rows / SAMPLE_ROWS;
        int met = 0;
        for (int i = 0; i < SAMPLE_ROWS; i++) {
            int first = (int) ((long) i * rows / SAMPLE_ROWS);
            int row = first + (int) Long.remainderUnsigned(SplitRandom.mix64(i), step);
            met += root.test(row) ? 1 : 0;
        }
        return (double) met / SAMPLE_ROWS;
    }

    @HotPath
    private void prepare() {
        parameters.checkAllSet();
        root.prepare();
        isPrepared = true;
    }

    /**
     * Works some words out, 64 rows at a time as long as nothing changes meanwhile, else row by
     * row.
     *
     * @param firstWord the first word of the table's rows.
     * @param words where they go.
     * @param from index of the first one there.
     */
    @HotPath
    private void evaluate(int firstWord, long[] words, int from, int count) {
        long version = table.version();
        root.refresh();
        long firstRow = (long) firstWord * Long.SIZE;
        takeAll(firstRow, words, from, count);
        root.retain(firstRow, words, from, count);
        if (!table.isStill(version)) {
            takeAll(firstRow, words, from, count);
            root.retainEach(firstRow, words, from, count);
        }
    }

    /** Sets the bits of all rows there are. */
    @HotPath
    private void takeAll(long firstRow, long[] words, int from, int count) {
        Arrays.fill(words, from, from + count, -1);
        if (firstRow + (long) count * Long.SIZE > rows) {
            words[from + count - 1] = OrdinalBitSet.tailMask(rows);
        }
    }

    private MillraceException otherSize(OrdinalSet target) {
        return MillraceException.of(
                ErrorCode.MISMATCH,
                "set of another size: ordinals=%d, rows=%d; make it for this table",
                target.size(),
                rows);
    }
}
