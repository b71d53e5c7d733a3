package io.millrace.data.importers.impressions;

import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.impression.Impression;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The row of each user at the user's first impression; that of the bundle for those without one.
 *
 * <p>Threading: one thread. Ownership: the table stays the caller's.
 */
final class FirstRows {
    private final RowTable users;
    private final long[] firstMs;
    private final Map<Integer, byte[]> met = new HashMap<>();

    FirstRows(RowTable users) {
        this.users = users;
        this.firstMs = new long[users.count()];
        Arrays.fill(firstMs, Long.MAX_VALUE);
    }

    /** Takes an impression, and returns the row of its user; negative where the bundle has none. */
    int meet(Impression logged) {
        int user = users.indexOf(logged.subjectId());
        if (user >= 0 && logged.answeredMs() < firstMs[user]) {
            firstMs[user] = logged.answeredMs();
            byte[] row = new byte[users.layout().rowBytes()];
            MemorySegment.copy(
                    logged.segment(),
                    logged.userRowOffset(),
                    MemorySegment.ofArray(row),
                    0,
                    row.length);
            met.put(user, row);
        }
        return user;
    }

    int count() {
        return users.count();
    }

    /** The rows of all users, in the order of the bundle; the caller's to close. */
    RowTable build() {
        RowLayout layout = users.layout();
        try (RowTable.Builder rows = RowTable.builder(layout, users.count())) {
            for (int user = 0; user < users.count(); user++) {
                byte[] row = met.get(user);
                rows.append(users.id(user));
                if (row == null) {
                    rows.copyOf(users.segment(), users.offset(user));
                } else {
                    rows.copyOf(MemorySegment.ofArray(row), 0);
                }
            }
            return rows.build();
        }
    }
}
