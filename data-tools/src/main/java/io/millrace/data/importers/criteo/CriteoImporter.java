package io.millrace.data.importers.criteo;

import io.millrace.core.error.MillraceException;
import io.millrace.data.dataset.DatasetLayout;
import io.millrace.data.dataset.DatasetWriter;
import io.millrace.data.dataset.Label;
import io.millrace.data.dataset.NumberScale;
import io.millrace.data.importers.ImportReport;
import io.millrace.data.importers.ImportTask;
import io.millrace.data.importers.Rejects;
import io.millrace.data.importers.source.DelimitedFile;
import io.millrace.data.importers.source.DelimitedFormat;
import io.millrace.data.importers.source.RejectedRow;
import io.millrace.data.importers.source.SourceRow;
import io.millrace.data.importers.table.EventColumns;
import io.millrace.data.importers.table.EventSlice;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.features.ValueEncoding;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Imports a log of shown ads as impressions alone. The log does not say which columns belong to the
 * person, the place or the ad, and nobody is named in it. So every row is an item of its own, under
 * the number of its line, that holds all 39 columns; all are shown to the one user there is, of
 * whom nothing is known. Such a data set has nothing to retrieve, but its ranker answers requests
 * that bring their own candidates.
 *
 * <p>Means and deviations are those of the rows to train on. Nothing is known of the time but the
 * order: rows are spread evenly over the days from {@link #FIRST_DAY_MS}.
 *
 * <p>Threading: one thread.
 */
public final class CriteoImporter {
    /** Midnight of the first day, 1 January 2024 UTC: a Monday, and otherwise without a meaning. */
    public static final long FIRST_DAY_MS = 1_704_067_200_000L;

    private static final String NAME = "Criteo";
    private static final long MS_PER_DAY = 86_400_000;
    private static final long NOBODY = 0;
    private static final int FIRST_CAPACITY = 1 << 12;
    private static final NumberScale NO_SCALE = NumberScale.of(new float[0]);

    private final CriteoPlan plan;

    /** Whether each row was clicked, in the order of the file. */
    private final BitSet clicks = new BitSet();

    private int count;

    private CriteoImporter(CriteoPlan plan) {
        this.plan = plan;
    }

    /**
     * Imports.
     *
     * @param file the log, compressed or not.
     * @param plan how its rows become impressions.
     * @param task what is to be made, and how much may be wrong.
     * @return what was done.
     * @throws MillraceException when the file is missing or broken; nothing is left behind then.
     */
    public static ImportReport run(Path file, CriteoPlan plan, ImportTask task) {
        return new CriteoImporter(plan).run(file, task);
    }

    private ImportReport run(Path file, ImportTask task) {
        long startNs = System.nanoTime();
        Rejects rejects = new Rejects(task.maxRejects());
        try (DatasetWriter writer = DatasetWriter.create(task.target(), false);
                RowTable rows = readRows(file, rejects, task)) {
            if (count < plan.days()) {
                throw MillraceException.badInput(
                        "fewer rows than days: file=%s, rows=%d, days=%d; lower --days",
                        file, count, plan.days());
            }
            FeatureSchema schema = schema(scales(rows));
            writer.writeSchema(schema);
            writer.writeRows(DatasetLayout.ITEMS, rows);
            try (RowTable.Builder nobody = RowTable.builder(schema.layout(FeatureScope.USER), 1)) {
                nobody.append(NOBODY);
                try (RowTable users = nobody.build()) {
                    writer.writeRows(DatasetLayout.USERS, users);
                }
            }
            writeEvents(writer, schema);
            int train = trainCount();
            DatasetWriter.Counts counts = new DatasetWriter.Counts(1, count, train, count - train);
            writer.commit(NAME, "criteo", counts, null);
            return ImportReport.of(counts, rejects, startNs);
        }
    }

    private RowTable readRows(Path file, Rejects rejects, ImportTask task) {
        FeatureSchema schema = schema(Collections.nCopies(CriteoColumns.NUMBERS.size(), NO_SCALE));
        List<FeatureField> fields = schema.fields(FeatureScope.ITEM);
        DelimitedFormat format = DelimitedFormat.CSV.withSeparator("\t").plain(CriteoColumns.all());
        float[] numbers = new float[CriteoColumns.NUMBERS.size()];
        try (RowTable.Builder rows =
                RowTable.builder(schema.layout(FeatureScope.ITEM), FIRST_CAPACITY)) {
            new DelimitedFile(file, format, List.of())
                    .forEach(
                            rejects,
                            task.progress(),
                            row -> {
                                boolean isClick = isClick(row);
                                for (int i = 0; i < numbers.length; i++) {
                                    numbers[i] =
                                            fields.get(i)
                                                    .encoding()
                                                    .encode(row.number(fields.get(i).name()));
                                }
                                rows.append(row.line());
                                for (int i = 0; i < fields.size(); i++) {
                                    FeatureField field = fields.get(i);
                                    if (i < numbers.length) {
                                        rows.number(field, numbers[i]);
                                    } else {
                                        rows.category(
                                                field, schema.idOf(field, row.text(field.name())));
                                    }
                                }
                                clicks.set(count++, isClick);
                            });
            return rows.build();
        }
    }

    private static boolean isClick(SourceRow row) throws RejectedRow {
        return switch (row.text(CriteoColumns.LABEL)) {
            case "0" -> false;
            case "1" -> true;
            default ->
                    throw new RejectedRow(
                            "label is neither 0 nor 1: " + row.text(CriteoColumns.LABEL));
        };
    }

    /** Numbers first, then categories, all of the item. */
    private FeatureSchema schema(List<NumberScale> scales) {
        List<FeatureField> fields = new ArrayList<>();
        for (int i = 0; i < scales.size(); i++) {
            NumberScale scale = scales.get(i);
            fields.add(
                    FeatureField.numeric(
                                    FeatureScope.ITEM,
                                    CriteoColumns.NUMBERS.get(i),
                                    scale.mean(),
                                    scale.standardDeviation())
                            .withEncoding(ValueEncoding.LOG));
        }
        for (String name : CriteoColumns.CATEGORIES) {
            fields.add(
                    FeatureField.categorical(
                                    FeatureScope.ITEM, name, plan.buckets() + FeatureField.FIRST)
                            .withEncoding(ValueEncoding.HASHED));
        }
        return new FeatureSchema(FeatureSchema.FORMAT, NAME, 0, fields, Map.of());
    }

    /** Means and deviations of the numbers of the rows to train on. */
    private List<NumberScale> scales(RowTable rows) {
        float[] values = new float[trainCount()];
        List<NumberScale> scales = new ArrayList<>();
        for (int number = 0; number < CriteoColumns.NUMBERS.size(); number++) {
            long slotOffset = 4L * rows.layout().slotOf(number);
            for (int row = 0; row < values.length; row++) {
                values[row] = rows.segment().get(RowLayout.FLOAT, rows.offset(row) + slotOffset);
            }
            scales.add(NumberScale.of(values));
        }
        return scales;
    }

    private void writeEvents(DatasetWriter writer, FeatureSchema schema) {
        EventColumns events = new EventColumns(0, 0, List.of(Label.CLICK));
        for (int row = 0; row < count; row++) {
            events.add(0, row, timeMs(row), clicks.get(row) ? EventColumns.CLICK : 0, 0);
        }
        int[] order = events.orderByTime();
        int train = trainCount();
        new EventSlice(events, order, 0, train).write(writer, DatasetLayout.TRAIN, schema);
        new EventSlice(events, order, train, count).write(writer, DatasetLayout.TEST, schema);
    }

    private long timeMs(int row) {
        // The product stays below 2^63 for the most rows and days there may be.
        return FIRST_DAY_MS + row * (plan.days() * MS_PER_DAY) / count;
    }

    /** Rows of all days but the last. */
    private int trainCount() {
        return Math.toIntExact(Math.ceilDiv((long) count * (plan.days() - 1), (long) plan.days()));
    }
}
