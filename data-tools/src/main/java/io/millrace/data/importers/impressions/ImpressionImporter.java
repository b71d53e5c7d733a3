package io.millrace.data.importers.impressions;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.bundle.BundleManifest;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.DatasetLayout;
import io.millrace.data.dataset.DatasetWriter;
import io.millrace.data.importers.ImportReport;
import io.millrace.data.importers.ImportTask;
import io.millrace.data.importers.Rejects;
import io.millrace.data.importers.table.EventColumns;
import io.millrace.data.importers.table.EventSlice;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.impression.Impression;
import io.millrace.ranker.impression.ImpressionLayout;
import io.millrace.ranker.impression.ImpressionLogReader;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Imports a log of impressions with the schema, users and items of the bundle that answered. Each
 * item of an answer to a recommend request is an impression; a user's row is the one that the first
 * impression of that user was scored with, so that nothing in it comes from later. The last local
 * day is to test on. Users that the bundle does not know are left out.
 *
 * <p>Threading: one thread.
 */
public final class ImpressionImporter {
    private static final long MS_PER_DAY = 86_400_000;
    private static final long MS_PER_MINUTE = 60_000;

    private final FeatureSchema schema;
    private final RowTable items;
    private final FirstRows users;
    private final Outcomes outcomes;
    private final EventColumns events;
    private final List<FeatureField> contextFields;
    private final RowLayout contextLayout;

    private ImpressionImporter(
            FeatureSchema schema, RowTable users, RowTable items, Outcomes outcomes) {
        this.schema = schema;
        this.items = items;
        this.users = new FirstRows(users);
        this.outcomes = outcomes;
        this.contextFields = schema.fields(FeatureScope.CONTEXT);
        this.contextLayout = schema.layout(FeatureScope.CONTEXT);
        this.events =
                new EventColumns(
                        contextFields.size(),
                        schema.fields(FeatureScope.IMPRESSION).size(),
                        EventColumns.ALL_USUAL);
    }

    /**
     * Imports.
     *
     * @param log folder of the log, or one file of it.
     * @param bundle folder of the bundle that answered.
     * @param outcomes what came of the impressions, a delimited file.
     * @param task what is to be made, and how much may be wrong.
     * @return what was done.
     * @throws MillraceException when files are missing, broken or of another bundle, or all
     *     impressions are of one day; nothing is left behind then.
     */
    public static ImportReport run(Path log, Path bundle, Path outcomes, ImportTask task) {
        long startNs = System.nanoTime();
        BundleManifest manifest = BundleManifest.verify(bundle);
        manifest.requireFunnel(bundle);
        FeatureSchema schema = FeatureSchema.read(bundle.resolve(BundleLayout.SCHEMA));
        Rejects rejects = new Rejects(task.maxRejects());
        try (DatasetWriter writer = DatasetWriter.create(task.target(), false);
                RowTable users =
                        RowTable.open(
                                bundle.resolve(BundleLayout.USERS),
                                schema.layout(FeatureScope.USER));
                RowTable items =
                        RowTable.open(
                                bundle.resolve(BundleLayout.ITEMS),
                                schema.layout(FeatureScope.ITEM));
                ImpressionLogReader reader = new ImpressionLogReader(log, manifest.fingerprint())) {
            ImpressionImporter importer =
                    new ImpressionImporter(
                            schema,
                            users,
                            items,
                            Outcomes.read(outcomes, rejects, task.progress()));
            importer.read(reader, task.progress());
            importer.outcomes.rejectRest(rejects);
            if (schema.hasRates()) {
                copyCounters(bundle, writer);
            }
            DatasetWriter.Counts counts = importer.write(writer);
            writer.commit(manifest.dataset(), "impressions", counts, null);
            return ImportReport.of(counts, rejects, startNs);
        }
    }

    /** The log does not tell how much was watched, so what the bundle began with goes on. */
    private static void copyCounters(Path bundle, DatasetWriter writer) {
        Path source = bundle.resolve(BundleLayout.COUNTERS);
        try {
            Files.copy(source, writer.resolve(DatasetLayout.COUNTERS));
        } catch (IOException e) {
            throw MillraceException.io("copy into the data set", source, e);
        }
        writer.seal(DatasetLayout.COUNTERS);
    }

    private void read(ImpressionLogReader reader, ProgressListener progress) {
        try (ProgressListener.Stage stage = progress.start("read impressions", -1)) {
            for (Impression logged = reader.next(); logged != null; logged = reader.next()) {
                if (logged.kind() == ImpressionLayout.RECOMMEND && logged.isUserKnown()) {
                    add(logged);
                }
                stage.advance(1);
            }
        }
    }

    private void add(Impression logged) {
        long userId = logged.subjectId();
        int user = users.meet(logged);
        int[] codes = contextCodes(logged);
        for (int i = 0; i < logged.itemCount(); i++) {
            long itemId = logged.itemId(i);
            int event = events.count();
            events.add(
                    user,
                    itemRow(itemId),
                    logged.momentMs(),
                    outcomes.take(logged.correlationId(), userId, itemId),
                    0,
                    codes);
            for (int field = 0; field < logged.layout().rates(); field++) {
                events.setRate(event, field, logged.rate(i, field));
            }
        }
    }

    private int itemRow(long itemId) {
        int item = items.indexOf(itemId);
        if (item < 0) {
            throw MillraceException.of(
                    ErrorCode.MISMATCH,
                    "an item of the log is not in the bundle: item=%d; give the bundle that"
                            + " answered",
                    itemId);
        }
        return item;
    }

    /** The raw codes that the encoder makes this context row of, whatever their source was. */
    private int[] contextCodes(Impression logged) {
        int[] codes = new int[contextFields.size()];
        for (int i = 0; i < codes.length; i++) {
            long at = logged.contextRowOffset() + 4L * contextLayout.slotOf(i);
            int id = logged.segment().get(RowLayout.INT, at);
            codes[i] =
                    switch (id) {
                        case FeatureField.MISSING -> -1;
                        case FeatureField.UNSEEN -> contextFields.get(i).cardinality();
                        default -> id - FeatureField.FIRST;
                    };
        }
        return codes;
    }

    private DatasetWriter.Counts write(DatasetWriter writer) {
        int[] order = events.orderByTime();
        int testFrom = lastDay(order);
        writer.writeSchema(schema);
        try (RowTable rows = users.build()) {
            writer.writeRows(DatasetLayout.USERS, rows);
        }
        writer.writeRows(DatasetLayout.ITEMS, items);
        EventSlice train = new EventSlice(events, order, 0, testFrom);
        EventSlice test = new EventSlice(events, order, testFrom, order.length);
        train.write(writer, DatasetLayout.TRAIN, schema);
        test.write(writer, DatasetLayout.TEST, schema);
        return new DatasetWriter.Counts(
                users.count(), items.count(), testFrom, order.length - testFrom);
    }

    /** Index of the first impression of the last local day. */
    private int lastDay(int[] order) {
        int first = order.length;
        while (first > 0 && day(order[first - 1]) == day(order[order.length - 1])) {
            first--;
        }
        if (first == 0) {
            throw MillraceException.badInput(
                    "impressions of too few days: impressions=%d, least=2 days; the last day is to"
                            + " test on, log for longer",
                    order.length);
        }
        return first;
    }

    private long day(int event) {
        long localMs = events.timeMs(event) + schema.utcOffsetMinutes() * MS_PER_MINUTE;
        return Math.floorDiv(localMs, MS_PER_DAY);
    }
}
