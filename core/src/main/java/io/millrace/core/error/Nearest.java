package io.millrace.core.error;

import java.util.Collection;
import java.util.TreeSet;

/** Finds the word that was probably meant. */
public final class Nearest {
    private Nearest() {}

    /**
     * The nearest of the known words.
     *
     * @param word what was written.
     * @param known what could have been meant.
     * @return one of the known, or nothing where none is near.
     */
    public static String of(String word, Collection<String> known) {
        String nearest = "";
        int least = Math.max(2, word.length() / 2);
        for (String each : new TreeSet<>(known)) {
            int edits = each.startsWith(word) && word.length() > 2 ? 0 : edits(word, each);
            if (edits < least) {
                least = edits;
                nearest = each;
            }
        }
        return nearest;
    }

    /** Insertions, deletions and replacements from one word to the other (Levenshtein). */
    private static int edits(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[to.length()];
    }
}
