package io.millrace.ranker.feedback;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The histories of users as lists, by loops a child can follow. */
final class PlainHistories {
    private final Map<Long, Map<String, List<Integer>>> byUser = new HashMap<>();

    void apply(long userId, EventList events) {
        for (int i = 0; i < events.count(); i++) {
            for (String history : historiesOf(events.kind(i))) {
                List<Integer> items =
                        byUser.computeIfAbsent(userId, id -> new HashMap<>())
                                .computeIfAbsent(history, name -> new ArrayList<>());
                items.removeAll(List.of(events.ordinal(i)));
                items.add(events.ordinal(i));
                if (items.size() > FeedbackWorld.lengthOf(history)) {
                    items.removeFirst();
                }
            }
        }
    }

    boolean knows(long userId) {
        return byUser.containsKey(userId);
    }

    List<Integer> of(long userId, String history) {
        return byUser.getOrDefault(userId, Map.of()).getOrDefault(history, List.of());
    }

    int userCount() {
        return byUser.size();
    }

    private static List<String> historiesOf(EventKind kind) {
        return switch (kind) {
            case IMPRESSION, CLICK -> List.of();
            case WATCH -> List.of("watched");
            case LONG_WATCH -> List.of("watched", "long_watched");
            case LIKE -> List.of("liked");
        };
    }
}
