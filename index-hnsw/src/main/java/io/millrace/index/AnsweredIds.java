package io.millrace.index;

import io.millrace.core.HotPath;
import io.millrace.core.random.SplitRandom;

import java.util.Arrays;

/**
 * The items that the pages of one search have answered so far: a table with linear probing, whose
 * cells hold an id where they bear the mark of this search.
 *
 * <p>Threading: one thread. Allocation: in a search with more answers than any before.
 */
final class AnsweredIds {
    private long[] ids = new long[256];
    private int[] marks = new int[ids.length];
    private int mark = 1;
    private int count;

    /** Forgets all. */
    @HotPath
    void clear() {
        mark++;
        if (mark == 0) {
            Arrays.fill(marks, 0);
            mark = 1;
        }
        count = 0;
    }

    @HotPath
    boolean contains(long id) {
        return marks[cellOf(id)] == mark;
    }

    /** Adds an id that is not here. */
    @HotPath
    void add(long id) {
        if (2 * count >= ids.length) {
            grow();
        }
        int cell = cellOf(id);
        ids[cell] = id;
        marks[cell] = mark;
        count++;
    }

    /** The cell of an id, or the free one where it would be. */
    private int cellOf(long id) {
        int cell = (int) SplitRandom.mix64(id) & (ids.length - 1);
        while (marks[cell] == mark && ids[cell] != id) {
            cell = (cell + 1) & (ids.length - 1);
        }
        return cell;
    }

    private void grow() {
        long[] oldIds = ids;
        int[] oldMarks = marks;
        ids = new long[2 * oldIds.length];
        marks = new int[ids.length];
        for (int i = 0; i < oldIds.length; i++) {
            if (oldMarks[i] == mark) {
                int cell = cellOf(oldIds[i]);
                ids[cell] = oldIds[i];
                marks[cell] = mark;
            }
        }
    }
}
