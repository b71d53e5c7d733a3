package io.millrace.data.importers.table;

import io.millrace.data.dataset.DatasetLayout;
import io.millrace.data.dataset.DatasetWriter;
import io.millrace.data.dataset.InteractionTable;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.features.Vocabulary;
import io.millrace.ranker.features.VocabularyCounts;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;

/**
 * Counts how often the values of vocabularies are met in the impressions to train on.
 *
 * <p>Threading: one thread.
 */
public final class TrainingCounts {
    private final FeatureSchema schema;
    private final RowTable users;
    private final RowTable items;
    private final InteractionTable train;

    /** By row: how many of the impressions are of the user, or of the item. */
    private final long[] ofUsers;

    private final long[] ofItems;

    private TrainingCounts(
            FeatureSchema schema, RowTable users, RowTable items, InteractionTable train) {
        this.schema = schema;
        this.users = users;
        this.items = items;
        this.train = train;
        this.ofUsers = new long[users.count()];
        this.ofItems = new long[items.count()];
        for (long event = 0; event < train.count(); event++) {
            ofUsers[train.user(event)]++;
            ofItems[train.item(event)]++;
        }
    }

    /**
     * Gives the vocabularies of a data set their counts.
     *
     * @param writer of the data set, which has written rows of users and items and impressions to
     *     train on.
     * @param schema what these were written by.
     * @return the same with counts.
     */
    public static FeatureSchema add(DatasetWriter writer, FeatureSchema schema) {
        try (RowTable users = open(writer, DatasetLayout.USERS, schema, FeatureScope.USER);
                RowTable items = open(writer, DatasetLayout.ITEMS, schema, FeatureScope.ITEM);
                InteractionTable train =
                        InteractionTable.open(
                                writer.resolve(DatasetLayout.TRAIN),
                                schema,
                                users.count(),
                                items.count())) {
            return new TrainingCounts(schema, users, items, train).counted();
        }
    }

    private static RowTable open(
            DatasetWriter writer, String name, FeatureSchema schema, FeatureScope scope) {
        return RowTable.open(writer.resolve(name), schema.layout(scope));
    }

    private FeatureSchema counted() {
        Map<String, Vocabulary> counted = new TreeMap<>();
        schema.vocabularies()
                .forEach(
                        (name, vocabulary) ->
                                counted.put(
                                        name, vocabulary.withCounts(countsOf(schema.field(name)))));
        return schema.withVocabularies(counted);
    }

    private VocabularyCounts countsOf(FeatureField field) {
        long[] byId = new long[field.cardinality()];
        switch (field.scope()) {
            case USER -> count(field, users, ofUsers, byId);
            case ITEM -> count(field, items, ofItems, byId);
            case CONTEXT -> {
                for (long event = 0; event < train.count(); event++) {
                    count(field, train.contextSegment(), train.contextOffset(event), 1, byId);
                }
            }
            case IMPRESSION -> {
                // Rates are numbers, which have no vocabulary.
            }
        }
        List<Long> ofValues = LongStream.of(byId).skip(FeatureField.FIRST).boxed().toList();
        return new VocabularyCounts(ofValues, byId[FeatureField.UNSEEN]);
    }

    private void count(FeatureField field, RowTable rows, long[] times, long[] byId) {
        for (int row = 0; row < rows.count(); row++) {
            count(field, rows.segment(), rows.offset(row), times[row], byId);
        }
    }

    private void count(
            FeatureField field, MemorySegment rows, long offset, long times, long[] byId) {
        long at = offset + 4L * schema.layout(field.scope()).slotOf(field);
        int values = field.isList() ? rows.get(RowLayout.INT, at) : 1;
        long first = field.isList() ? at + Integer.BYTES : at;
        for (int i = 0; i < values; i++) {
            byId[rows.get(RowLayout.INT, first + 4L * i)] += times;
        }
    }
}
