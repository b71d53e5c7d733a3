package io.millrace.data.importers.kuairand;

import io.millrace.data.importers.table.HistoryPooling;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.features.Vocabulary;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Turns catalogue and history into the rows of the users. */
final class KuaiRandUserRows {
    private final KuaiRandCatalogue users;
    private final KuaiRandHistory history;
    private final HistoryPooling pooling;
    private final int itemCardinality;
    private final Map<String, Vocabulary> vocabularies = new TreeMap<>();
    private final Map<String, float[]> numbers = new LinkedHashMap<>();

    KuaiRandUserRows(
            KuaiRandCatalogue users,
            KuaiRandCatalogue videos,
            KuaiRandHistory history,
            HistoryPooling pooling) {
        this.pooling = pooling;
        this.users = users;
        this.history = history;
        this.itemCardinality = videos.count() + FeatureField.FIRST;
        for (String column : KuaiRandColumns.USER_CATEGORIES) {
            vocabularies.put(column, users.vocabulary(column));
        }
        for (String column : KuaiRandColumns.USER_COUNTS) {
            numbers.put("log_" + column, users.numbers(column));
        }
        numbers.put("log_history_length", history.logHistoryLength());
        numbers.put("log_different_watched", history.logDifferentWatched());
        numbers.put("log_liked_length", history.logLikedLength());
        numbers.put("long_watched_share", history.longWatchedShare());
        numbers.put("long_view_rate", history.userLongRate());
        numbers.put("like_rate", history.userLikeRate());
        numbers.put(
                "long_watched_log_duration",
                history.meanOverLongWatched(videos.numbers("log_duration")));
    }

    List<FeatureField> fields() {
        List<FeatureField> fields = new ArrayList<>();
        for (String name : List.of("watched", "long_watched", "liked")) {
            fields.add(
                    FeatureField.itemSequence(name, itemCardinality, KuaiRandHistory.LENGTH)
                            .withPooling(pooling.of(name)));
        }
        fields.add(
                FeatureField.categorical(
                        FeatureScope.USER,
                        "user_id",
                        users.count() + FeatureField.FIRST,
                        FeatureField.USER_TABLE));
        for (String column : KuaiRandColumns.USER_CATEGORIES) {
            fields.add(KuaiRandFields.categorical(FeatureScope.USER, column, vocabularies));
        }
        numbers.forEach(
                (name, values) ->
                        fields.add(KuaiRandFields.number(FeatureScope.USER, name, values)));
        return fields;
    }

    RowTable build(FeatureSchema schema) {
        try (RowTable.Builder rows =
                RowTable.builder(schema.layout(FeatureScope.USER), users.count())) {
            for (int user = 0; user < users.count(); user++) {
                rows.append(users.id(user));
                setSequence(rows, schema.field("watched"), history.watched(user));
                setSequence(rows, schema.field("long_watched"), history.longWatched(user));
                setSequence(rows, schema.field("liked"), history.liked(user));
                rows.category(schema.field("user_id"), user + FeatureField.FIRST);
                for (String column : KuaiRandColumns.USER_CATEGORIES) {
                    rows.category(
                            schema.field(column),
                            KuaiRandFields.idOf(
                                    vocabularies, column, users.category(column, user)));
                }
                for (Map.Entry<String, float[]> number : numbers.entrySet()) {
                    rows.number(schema.field(number.getKey()), number.getValue()[user]);
                }
            }
            return rows.build();
        }
    }

    private static void setSequence(RowTable.Builder rows, FeatureField field, int[] videos) {
        int[] ids = new int[videos.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = videos[i] + FeatureField.FIRST;
        }
        rows.values(field, ids, 0, ids.length);
    }

    Map<String, Vocabulary> vocabularies() {
        return vocabularies;
    }
}
