package io.millrace.data.importers;

import io.millrace.core.error.MillraceException;

import java.util.ArrayList;
import java.util.List;

/**
 * Rows that could not be taken, counted, the first of them kept with file, line and reason. Past
 * the limit the import ends: a file that is wrong throughout is not a file with a few bad rows.
 *
 * <p>Threading: one thread.
 */
public final class Rejects {
    /** How many examples are kept. */
    public static final int KEPT = 20;

    private final long limit;
    private final List<String> examples = new ArrayList<>();
    private long count;

    /**
     * No rejects yet.
     *
     * @param limit how many rows may be rejected before the import ends.
     */
    public Rejects(long limit) {
        if (limit < 0) {
            throw MillraceException.usage("bad limit of rejects: limit=%d; give 0 or more", limit);
        }
        this.limit = limit;
    }

    /**
     * Counts a row that cannot be taken.
     *
     * @param file name of the file.
     * @param line its line, from 1.
     * @param reason what is wrong with it.
     * @throws MillraceException when that is one more than the limit.
     */
    public void add(String file, long line, String reason) {
        String text = file + ":" + line + ": " + reason;
        if (examples.size() < KEPT) {
            examples.add(text);
        }
        if (++count > limit) {
            throw MillraceException.badInput(
                    "too many rows rejected: count=%d, limit=%d, first=%s, last=%s; correct the"
                            + " file or raise --max-rejects",
                    count, limit, examples.getFirst(), text);
        }
    }

    /**
     * How many rows were rejected.
     *
     * @return the count.
     */
    public long count() {
        return count;
    }

    /**
     * The first rejected rows.
     *
     * @return at most {@link #KEPT} texts, {@code file:line: reason}.
     */
    public List<String> examples() {
        return List.copyOf(examples);
    }
}
