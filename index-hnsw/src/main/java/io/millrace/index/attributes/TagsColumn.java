package io.millrace.index.attributes;

import io.millrace.core.HotPath;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Lists of codes of a dictionary by ordinal; see {@link Column}. A row's cell says where its list
 * lies and how long it is: {@code start << 16 | count}. A changed list is appended and its cell
 * replaced; the old one stays where it is until the table is written to a file and opened again.
 *
 * <p>Beside it a row has a signature, one bit of 64 for each of its codes, which says of most codes
 * that they are not in the list (Faloutsos, Christodoulakis: Signature files, 1984). At any time it
 * has the bits of the list that the cell shows.
 */
public final class TagsColumn implements Column {
    /** Most tags of a row. */
    public static final int MAX_TAGS = 0xFFFF;

    /** A dictionary of up to so many codes has a bit in signatures for each. */
    public static final int MAX_EXACT_CODES = Long.SIZE + 1;

    /** Count of a missing list. */
    static final int NO_LIST = -1;

    private static final int COUNT_BITS = 16;

    private final LongCells cells;
    private final LongCells signatures;
    private final TagArea area;
    private final Dictionary dictionary;
    private final ChangeCounter changes;
    private int[] codes = new int[16];

    TagsColumn(
            LongCells cells,
            LongCells signatures,
            TagArea area,
            Dictionary dictionary,
            ChangeCounter changes) {
        this.cells = cells;
        this.signatures = signatures;
        this.area = area;
        this.dictionary = dictionary;
        this.changes = changes;
    }

    /** What a code is asked. */
    @FunctionalInterface
    public interface CodeTest {
        /**
         * Asks.
         *
         * @param code a code of the dictionary.
         * @return the answer.
         */
        boolean test(int code);
    }

    /**
     * Whether one of a row's codes passes a test.
     *
     * @param ordinal which row.
     * @param test what is asked of a code.
     * @return false as well when the row's list is missing.
     */
    @HotPath
    public boolean hasAny(int ordinal, CodeTest test) {
        long cell = cells.get(ordinal);
        int count = count(cell);
        if (count <= 0) {
            return false;
        }
        long start = start(cell);
        MemorySegment chunk = area.chunk(start);
        for (int i = 0; i < count; i++) {
            if (test.test(TagArea.code(chunk, start, i))) {
                return true;
            }
        }
        return false;
    }

    /**
     * How many of a row's codes pass a test; no code is twice in a list.
     *
     * @param ordinal which row.
     * @param test what is asked of a code.
     * @return 0 as well when the row's list is missing.
     */
    @HotPath
    public int count(int ordinal, CodeTest test) {
        long cell = cells.get(ordinal);
        int count = count(cell);
        if (count <= 0) {
            return 0;
        }
        long start = start(cell);
        MemorySegment chunk = area.chunk(start);
        int passed = 0;
        for (int i = 0; i < count; i++) {
            passed += test.test(TagArea.code(chunk, start, i)) ? 1 : 0;
        }
        return passed;
    }

    /**
     * The tags of a row.
     *
     * @param ordinal which row.
     * @return its texts in the order given, or null when they are missing.
     */
    public @Nullable List<String> get(int ordinal) {
        long cell = cells.get(ordinal);
        if (cell == LongCells.MISSING) {
            return null;
        }
        List<String> texts = new ArrayList<>();
        long start = start(cell);
        for (int i = 0; i < count(cell); i++) {
            int code = TagArea.code(area.chunk(start), start, i);
            texts.add(Objects.requireNonNull(dictionary.text(code), "tags are never missing"));
        }
        return texts;
    }

    /**
     * Changes the tags of a row.
     *
     * @param ordinal which row.
     * @param tags the texts; those given twice count once, those that are new are taken into the
     *     dictionary.
     */
    public void set(int ordinal, List<String> tags) {
        Set<String> distinct = new LinkedHashSet<>(tags);
        if (distinct.size() > MAX_TAGS) {
            throw MillraceException.of(
                    ErrorCode.LIMIT,
                    "too many tags: row=%d, tags=%d, limit=%d; give fewer",
                    ordinal,
                    distinct.size(),
                    MAX_TAGS);
        }
        if (distinct.size() > codes.length) {
            codes = new int[distinct.size()];
        }
        int count = 0;
        for (String tag : distinct) {
            codes[count] = dictionary.add(tag);
            count++;
        }
        setCodes(ordinal, codes, count);
    }

    @Override
    public boolean isMissing(int ordinal) {
        return cells.get(ordinal) == LongCells.MISSING;
    }

    @Override
    public void setMissing(int ordinal) {
        changes.begin();
        cells.set(ordinal, LongCells.MISSING);
        signatures.set(ordinal, 0);
        changes.end();
    }

    /**
     * The bit of a code in signatures.
     *
     * @param code a code of the dictionary.
     * @return a number with one bit.
     */
    @HotPath
    public static long signature(int code) {
        return 1L << code;
    }

    /**
     * The signatures.
     *
     * @return one cell a row, 0 where the list is empty or missing.
     */
    public LongCells signatures() {
        return signatures;
    }

    /**
     * The texts behind the codes.
     *
     * @return the dictionary of this column alone.
     */
    public Dictionary dictionary() {
        return dictionary;
    }

    /**
     * The places of the lists.
     *
     * @return one cell a row; only whether it is missing has a meaning outside.
     */
    public LongCells cells() {
        return cells;
    }

    /** How many tags a row has, or {@link #NO_LIST} when they are missing. */
    int count(int ordinal) {
        return count(cells.get(ordinal));
    }

    /** Appends the codes of a row's list to others. */
    void copyCodes(int ordinal, MemorySegment target, long index) {
        long cell = cells.get(ordinal);
        int count = count(cell);
        if (count > 0) {
            TagArea.copy(area.chunk(start(cell)), start(cell), target, index, count);
        }
    }

    void setCodes(int ordinal, int[] list, int count) {
        if (isList(cells.get(ordinal), list, count)) {
            // What is told again and again takes no more memory.
            return;
        }
        long signature = 0;
        for (int i = 0; i < count; i++) {
            signature |= signature(list[i]);
        }
        long cell = area.append(list, count) << COUNT_BITS | count;
        changes.begin();
        // Before the new list shows, its bits must; those of the old one, until it is gone.
        signatures.set(ordinal, signatures.get(ordinal) | signature);
        cells.set(ordinal, cell);
        signatures.set(ordinal, signature);
        changes.end();
    }

    private boolean isList(long cell, int[] list, int count) {
        if (count(cell) != count) {
            return false;
        }
        long start = start(cell);
        for (int i = 0; i < count; i++) {
            if (TagArea.code(area.chunk(start), start, i) != list[i]) {
                return false;
            }
        }
        return true;
    }

    long bytes() {
        return area.bytes();
    }

    @HotPath
    private static int count(long cell) {
        return cell == LongCells.MISSING ? NO_LIST : (int) cell & MAX_TAGS;
    }

    @HotPath
    private static long start(long cell) {
        return cell >>> COUNT_BITS;
    }
}
