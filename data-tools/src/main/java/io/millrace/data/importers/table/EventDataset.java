package io.millrace.data.importers.table;

import io.millrace.data.dataset.DatasetLayout;
import io.millrace.data.dataset.DatasetWriter;
import io.millrace.data.dataset.ItemAttributes;
import io.millrace.index.attributes.AttributeTable;
import io.millrace.ranker.features.ContextSource;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.features.Vocabulary;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A data set of users, items and events: ids, attributes, histories and counters become features,
 * hour and day of the week follow from the time.
 *
 * <p>Threading: one thread.
 */
public final class EventDataset {
    /** Hour and day of the week on their circles, beside the categories that are always there. */
    public static final List<FeatureField> TIME_ON_CIRCLES =
            List.of(
                    FeatureField.cyclic(
                            "hour_circle",
                            ContextSource.HOUR_OF_DAY.codes(),
                            ContextSource.HOUR_OF_DAY),
                    FeatureField.cyclic(
                            "day_of_week_circle",
                            ContextSource.DAY_OF_WEEK.codes(),
                            ContextSource.DAY_OF_WEEK));

    private static final int HOURS = 24;
    private static final int DAYS = 7;

    private final String name;
    private final int utcOffsetMinutes;
    private final EntityTable users;
    private final EntityTable items;
    private final EventSplit split;
    private final List<ContextColumn> contexts;
    private final List<FeatureField> derived;
    private final HistoryPooling pooling;
    private final List<RatePlan> rates;

    /**
     * What becomes a data set.
     *
     * @param name name for people.
     * @param utcOffsetMinutes local time of the data, minutes east of UTC.
     * @param users all users.
     * @param items all items.
     * @param split the events, parted.
     * @param contexts the context fields of the events, in order.
     * @param derived fields that have no values of their own.
     * @param pooling how the ranker pools histories.
     * @param rates how the items are doing of late; as many as the events have room for.
     */
    public EventDataset(
            String name,
            int utcOffsetMinutes,
            EntityTable users,
            EntityTable items,
            EventSplit split,
            List<ContextColumn> contexts,
            List<FeatureField> derived,
            HistoryPooling pooling,
            List<RatePlan> rates) {
        this.name = name;
        this.utcOffsetMinutes = utcOffsetMinutes;
        this.users = users;
        this.items = items;
        this.split = split;
        this.contexts = contexts;
        this.derived = List.copyOf(derived);
        this.pooling = pooling;
        this.rates = List.copyOf(rates);
    }

    /**
     * Writes all files but the manifest.
     *
     * @param writer of the data set.
     * @return how much there is of everything.
     */
    public DatasetWriter.Counts write(DatasetWriter writer) {
        EventHistory history = new EventHistory(split, users.count(), items.count());
        List<FeatureColumn> userColumns = new ArrayList<>(users.columns());
        userColumns.addAll(history.userCounters());
        List<FeatureColumn> itemColumns = new ArrayList<>(items.columns());
        itemColumns.addAll(history.itemCounters());
        FeatureSchema unrated = schema(userColumns, itemColumns);
        try (RowTable rows = userRows(unrated, userColumns, history)) {
            writer.writeRows(DatasetLayout.USERS, rows);
        }
        EventColumns events = split.events();
        for (int i = 0; i < contexts.size(); i++) {
            events.recode(i, contexts.get(i).places());
        }
        FeatureSchema schema;
        try (RowTable rows = itemRows(unrated, itemColumns)) {
            writer.writeRows(DatasetLayout.ITEMS, rows);
            writeAttributes(writer, unrated, itemColumns);
            schema = PastRates.add(writer, unrated, rows, rates, split.parts());
        }
        EventSlice train = split.parts().train();
        EventSlice test = split.parts().test();
        train.write(writer, DatasetLayout.TRAIN, schema);
        test.write(writer, DatasetLayout.TEST, schema);
        writer.writeSchema(TrainingCounts.add(writer, schema));
        return new DatasetWriter.Counts(users.count(), items.count(), train.count(), test.count());
    }

    private FeatureSchema schema(List<FeatureColumn> userColumns, List<FeatureColumn> itemColumns) {
        int itemIds = items.count() + FeatureField.FIRST;
        List<FeatureField> fields = new ArrayList<>();
        Map<String, Vocabulary> vocabularies = new TreeMap<>();
        for (Sequence sequence : Sequence.values()) {
            fields.add(
                    FeatureField.itemSequence(sequence.field, itemIds, EventHistory.LENGTH)
                            .withPooling(pooling.of(sequence.field)));
        }
        fields.add(
                FeatureField.categorical(
                        FeatureScope.USER,
                        "user_id",
                        users.count() + FeatureField.FIRST,
                        FeatureField.USER_TABLE));
        declare(FeatureScope.USER, userColumns, fields, vocabularies);
        for (ContextColumn context : contexts) {
            Vocabulary vocabulary = context.vocabulary();
            fields.add(
                    FeatureField.context(
                            context.name(),
                            vocabulary.values().size(),
                            ContextSource.REQUEST,
                            context.servingDefault()));
            vocabularies.put(context.name(), vocabulary);
        }
        fields.add(FeatureField.context("hour", HOURS, ContextSource.HOUR_OF_DAY, -1));
        fields.add(FeatureField.context("day_of_week", DAYS, ContextSource.DAY_OF_WEEK, -1));
        fields.add(
                FeatureField.categorical(
                        FeatureScope.ITEM, "item_id", itemIds, FeatureField.ITEM_TABLE));
        declare(FeatureScope.ITEM, itemColumns, fields, vocabularies);
        fields.addAll(derived);
        return new FeatureSchema(
                FeatureSchema.FORMAT, name, utcOffsetMinutes, fields, vocabularies);
    }

    private static void declare(
            FeatureScope scope,
            List<FeatureColumn> columns,
            List<FeatureField> fields,
            Map<String, Vocabulary> vocabularies) {
        for (FeatureColumn column : columns) {
            fields.add(column.field(scope));
            Vocabulary vocabulary = column.vocabulary();
            if (vocabulary != null) {
                vocabularies.put(column.name(), vocabulary);
            }
        }
    }

    private RowTable userRows(
            FeatureSchema schema, List<FeatureColumn> columns, EventHistory history) {
        Map<Sequence, int[][]> sequences = new EnumMap<>(Sequence.class);
        for (Sequence sequence : Sequence.values()) {
            sequences.put(sequence, history.lastItems(sequence.label));
        }
        FeatureField id = schema.field("user_id");
        try (RowTable.Builder rows =
                RowTable.builder(schema.layout(FeatureScope.USER), users.count())) {
            for (int user = 0; user < users.count(); user++) {
                rows.append(users.id(user));
                rows.category(id, user + FeatureField.FIRST);
                for (Map.Entry<Sequence, int[][]> sequence : sequences.entrySet()) {
                    int[] ids = sequence.getValue()[user].clone();
                    for (int i = 0; i < ids.length; i++) {
                        ids[i] += FeatureField.FIRST;
                    }
                    rows.values(schema.field(sequence.getKey().field), ids, 0, ids.length);
                }
                for (FeatureColumn column : columns) {
                    column.write(rows, schema, user);
                }
            }
            return rows.build();
        }
    }

    /** Rows have no texts, and of numbers what models make of them. */
    private void writeAttributes(
            DatasetWriter writer, FeatureSchema schema, List<FeatureColumn> columns) {
        try (AttributeTable attributes = ItemAttributes.allocate(schema, items.count())) {
            for (FeatureColumn column : columns) {
                if (attributes.schema().has(column.name())) {
                    column.write(attributes.column(column.name()), items.count());
                }
            }
            writer.writeAttributes(attributes);
        }
    }

    private RowTable itemRows(FeatureSchema schema, List<FeatureColumn> columns) {
        FeatureField id = schema.field("item_id");
        try (RowTable.Builder rows =
                RowTable.builder(schema.layout(FeatureScope.ITEM), items.count())) {
            for (int item = 0; item < items.count(); item++) {
                rows.append(items.id(item));
                rows.category(id, item + FeatureField.FIRST);
                for (FeatureColumn column : columns) {
                    column.write(rows, schema, item);
                }
            }
            return rows.build();
        }
    }

    /** The sequences of a user's row, and the label of the events that stand in them. */
    private enum Sequence {
        WATCHED("watched", EventColumns.WATCH),
        LONG_WATCHED("long_watched", EventColumns.LONG_VIEW),
        LIKED("liked", EventColumns.LIKE);

        private final String field;
        private final int label;

        Sequence(String field, int label) {
            this.field = field;
            this.label = label;
        }
    }
}
