package io.millrace.core.json;

import java.util.Collection;

/** Finds the key that was probably meant by one that does not exist. */
public final class NearestKey {
    private NearestKey() {}

    /**
     * The nearest of the known keys. The last step of a path decides, the steps before it only
     * between equals.
     *
     * @param key as written, such as {@code network.prot}.
     * @param known keys that exist.
     * @return one of the known, the first of the nearest; empty where there is none.
     */
    public static String of(String key, Collection<String> known) {
        String last = lastStep(key);
        String nearest = "";
        int best = Integer.MAX_VALUE;
        for (String candidate : known) {
            int distance = 16 * distance(last, lastStep(candidate)) + distance(key, candidate);
            if (distance < best) {
                best = distance;
                nearest = candidate;
            }
        }
        return nearest;
    }

    private static String lastStep(String key) {
        return key.substring(key.lastIndexOf('.') + 1);
    }

    /** Levenshtein distance, letter case not counted. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                boolean same =
                        Character.toLowerCase(a.charAt(i - 1))
                                == Character.toLowerCase(b.charAt(j - 1));
                int cost = Math.min(diagonal + (same ? 0 : 1), Math.min(row[j], row[j - 1]) + 1);
                diagonal = row[j];
                row[j] = cost;
            }
        }
        return row[b.length()];
    }
}
