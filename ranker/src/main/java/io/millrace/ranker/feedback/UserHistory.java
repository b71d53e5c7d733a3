package io.millrace.ranker.feedback;

import io.millrace.core.HotPath;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureKind;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Brings the histories of a user's row up to date: {@code watched}, {@code long_watched} and {@code
 * liked}, those of them that the schema declares. An item that is there already becomes the newest
 * instead of standing there twice, so an event told twice does no harm.
 *
 * <p>Threading: immutable; whoever owns a row's memory may change it. Allocation: none after
 * construction.
 */
public final class UserHistory {
    private static final String WATCHED = "watched";
    private static final String LONG_WATCHED = "long_watched";
    private static final String LIKED = "liked";

    private final HistoryList[] all;
    private final HistoryList[][] byKind = new HistoryList[EventKind.count()][];

    /**
     * Histories of a schema.
     *
     * @param schema the declared features.
     */
    public UserHistory(FeatureSchema schema) {
        all = lists(schema, List.of(WATCHED, LONG_WATCHED, LIKED));
        for (EventKind kind : EventKind.values()) {
            byKind[kind.code()] = lists(schema, namesOf(kind));
        }
    }

    /**
     * Names of the histories that an event belongs to, where the schema declares them.
     *
     * @param kind what was done.
     * @return from none to two.
     */
    public static List<String> namesOf(EventKind kind) {
        return switch (kind) {
            case IMPRESSION, CLICK -> List.of();
            case WATCH -> List.of(WATCHED);
            case LONG_WATCH -> List.of(WATCHED, LONG_WATCHED);
            case LIKE -> List.of(LIKED);
        };
    }

    private static HistoryList[] lists(FeatureSchema schema, List<String> names) {
        RowLayout layout = schema.layout(FeatureScope.USER);
        List<HistoryList> lists = new ArrayList<>();
        for (String name : names) {
            if (schema.hasField(name)) {
                FeatureField field = schema.field(name);
                // What happened has no weight that a list of weights could take.
                if (field.scope() == FeatureScope.USER
                        && field.isList()
                        && field.kind() != FeatureKind.WEIGHTED_TAGS
                        && field.table().equals(FeatureField.ITEM_TABLE)) {
                    lists.add(new HistoryList(4L * layout.slotOf(field), field.maxValues()));
                }
            }
        }
        return lists.toArray(HistoryList[]::new);
    }

    /**
     * Empties all histories of a row.
     *
     * @param rows memory of the row.
     * @param offset where it begins, in bytes.
     */
    @HotPath
    public void clear(MemorySegment rows, long offset) {
        for (HistoryList list : all) {
            list.clear(rows, offset);
        }
    }

    /**
     * Adds an event to the histories it belongs to.
     *
     * @param rows memory of the row.
     * @param offset where it begins, in bytes.
     * @param kind what was done.
     * @param ordinal with which item.
     * @return false when such events belong to none, and the row is as it was.
     */
    @HotPath
    public boolean add(MemorySegment rows, long offset, EventKind kind, int ordinal) {
        HistoryList[] lists = byKind[kind.code()];
        for (HistoryList list : lists) {
            list.add(rows, offset, ordinal + FeatureField.FIRST);
        }
        return lists.length > 0;
    }
}
