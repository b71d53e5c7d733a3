package io.millrace.data.importers.criteo;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The columns of Criteo's display-advertising logs (Criteo Labs, Display Advertising Challenge,
 * 2014): tabs, no header; whether the ad was clicked, 13 counts, 26 categories hashed to eight
 * hexadecimal digits, in the order of time. Empty fields are missing values.
 */
public final class CriteoColumns {
    /** Whether it was clicked, 0 or 1. */
    public static final String LABEL = "label";

    /** Counts, I1 to I13; some of them may be below 0. */
    public static final List<String> NUMBERS = numbered("I", 13);

    /** Categories, C1 to C26. */
    public static final List<String> CATEGORIES = numbered("C", 26);

    private CriteoColumns() {}

    /**
     * All columns.
     *
     * @return their names in the order of the file.
     */
    public static List<String> all() {
        List<String> columns = new ArrayList<>(List.of(LABEL));
        columns.addAll(NUMBERS);
        columns.addAll(CATEGORIES);
        return columns;
    }

    private static List<String> numbered(String prefix, int count) {
        return IntStream.rangeClosed(1, count).mapToObj(i -> prefix + i).toList();
    }
}
