package io.millrace.server;

import io.millrace.core.wire.codec.EventCode;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowTable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The row of a user as lists. */
final class TinyUser {
    private final List<Integer> watched = new ArrayList<>();
    private final List<Integer> longWatched = new ArrayList<>();
    private final List<Integer> liked = new ArrayList<>();
    private int age;
    private float activity;

    /** Nothing is known. */
    TinyUser() {
        age = FeatureField.MISSING;
        activity = Float.NaN;
    }

    /** As the bundle has the user; what was met before counts where it was met last. */
    TinyUser(TinyBundle tiny, int row) {
        int[] ordinals = tiny.watched(row);
        Arrays.stream(ordinals).forEach(watched::add);
        Arrays.stream(ordinals).limit(ordinals.length / 2).forEach(longWatched::add);
        Arrays.stream(ordinals).limit(2).forEach(liked::add);
        age = row % 6;
        activity = row % 4;
    }

    void becomes(int newAge, float newActivity) {
        age = newAge;
        activity = newActivity;
    }

    void forget() {
        watched.clear();
        longWatched.clear();
        liked.clear();
    }

    void does(EventCode kind, int ordinal) {
        switch (kind) {
            case WATCH -> add(watched, ordinal);
            case LONG_WATCH -> {
                add(watched, ordinal);
                add(longWatched, ordinal);
            }
            case LIKE -> add(liked, ordinal);
            default -> throw new AssertionError("no history of " + kind);
        }
    }

    private static void add(List<Integer> items, int ordinal) {
        // Of two equal ones that the bundle has, the older goes.
        int before = items.indexOf(ordinal);
        if (before >= 0) {
            items.subList(before, before + 1).clear();
        }
        items.add(ordinal);
        if (items.size() > TinyBundle.HISTORY) {
            items.removeFirst();
        }
    }

    RowTable row(TinyBundle tiny) {
        try (RowTable.Builder rows = RowTable.builder(tiny.schema().layout(FeatureScope.USER), 1)) {
            rows.append(1);
            add(rows, tiny, "watched", watched);
            add(rows, tiny, "long_watched", longWatched);
            add(rows, tiny, "liked", liked);
            rows.category(tiny.schema().field("age"), age);
            rows.number(tiny.schema().field("activity"), activity);
            return rows.build();
        }
    }

    private static void add(
            RowTable.Builder rows, TinyBundle tiny, String field, List<Integer> ordinals) {
        int[] ids = ordinals.stream().mapToInt(i -> i + FeatureField.FIRST).toArray();
        rows.values(tiny.schema().field(field), ids, 0, ids.length);
    }
}
