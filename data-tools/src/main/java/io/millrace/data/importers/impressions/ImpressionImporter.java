package io.millrace.data.importers.impressions;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.bundle.BundleManifest;
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

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Imports a log of impressions with the schema, users and items of the bundle that answered. Each
 * item of an answer to a recommend request is an impression; a user's row is the one that the first
 * impression of that user was scored with, so that nothing in it comes from later. What came of
 * them a file says or, where there is none, the feedback of the log. The last local day is to test
 * on. Users and items that the bundle does not have are left out.
 *
 * <p>Threading: one thread.
 */
public final class ImpressionImporter {
    private static final long MS_PER_DAY = 86_400_000;
    private static final long MS_PER_MINUTE = 60_000;

    private final FeatureSchema schema;
    private final RowTable items;
    private final FirstRows users;

    /** Null where feedback says what came of the impressions. */
    private final @Nullable Outcomes outcomes;

    /** Null where a file does. */
    private final @Nullable FeedbackJoin feedback;

    private final EventColumns events;
    private final List<FeatureField> contextFields;
    private final RowLayout contextLayout;
    private long laterUsers;
    private long laterItems;

    private ImpressionImporter(
            FeatureSchema schema,
            RowTable users,
            RowTable items,
            @Nullable Outcomes outcomes,
            @Nullable FeedbackJoin feedback) {
        this.schema = schema;
        this.items = items;
        this.users = new FirstRows(users);
        this.outcomes = outcomes;
        this.feedback = feedback;
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
     * @param source which impressions, and who says what came of them.
     * @param task what is to be made, and how much may be wrong.
     * @return what was done.
     * @throws MillraceException when files are missing, broken or of another bundle, nobody says
     *     what came of the impressions, or all are of one day; nothing is left behind then.
     */
    public static ImpressionReport run(ImpressionSource source, ImportTask task) {
        long startNs = System.nanoTime();
        Path bundle = source.bundle();
        BundleManifest manifest = BundleManifest.verify(bundle);
        manifest.requireFunnel(bundle);
        FeatureSchema schema = FeatureSchema.read(bundle.resolve(BundleLayout.SCHEMA));
        Rejects rejects = new Rejects(task.maxRejects());
        ProgressListener progress = task.progress();
        String fingerprint = manifest.fingerprint();
        Path file = source.outcomes();
        Outcomes outcomes = file == null ? null : Outcomes.read(file, rejects, progress);
        FeedbackJoin feedback =
                file == null
                        ? FeedbackJoin.read(source.log(), fingerprint, source.windowMs(), progress)
                        : null;
        try (DatasetWriter writer = DatasetWriter.create(task.target(), false);
                RowTable users =
                        RowTable.open(
                                bundle.resolve(BundleLayout.USERS),
                                schema.layout(FeatureScope.USER));
                RowTable items =
                        RowTable.open(
                                bundle.resolve(BundleLayout.ITEMS),
                                schema.layout(FeatureScope.ITEM));
                ImpressionLogReader reader =
                        new ImpressionLogReader(
                                source.log(),
                                fingerprint,
                                feedback == null ? null : feedback.others())) {
            ImpressionImporter importer =
                    new ImpressionImporter(schema, users, items, outcomes, feedback);
            importer.read(reader, progress);
            FeedbackCounts joined = importer.join(rejects);
            // The log does not tell all that was counted, so what the bundle began with goes on.
            if (schema.hasRates()) {
                copy(bundle, BundleLayout.COUNTERS, writer, DatasetLayout.COUNTERS);
            }
            // Rows do not tell all of it.
            if (manifest.files().containsKey(BundleLayout.ATTRIBUTES)) {
                copy(bundle, BundleLayout.ATTRIBUTES, writer, DatasetLayout.ATTRIBUTES);
            }
            DatasetWriter.Counts counts = importer.write(writer);
            writer.commit(manifest.dataset(), "impressions", counts, null);
            return new ImpressionReport(
                    ImportReport.of(counts, rejects, startNs),
                    joined,
                    importer.laterUsers,
                    importer.laterItems);
        }
    }

    /**
     * All impressions have passed: tells what feedback says of them, and what a file says alone.
     */
    private FeedbackCounts join(Rejects rejects) {
        if (outcomes != null) {
            outcomes.rejectRest(rejects);
        }
        return feedback == null ? FeedbackCounts.NONE : feedback.applyTo(events);
    }

    private static void copy(Path bundle, String part, DatasetWriter writer, String name) {
        Path source = bundle.resolve(part);
        try {
            Files.copy(source, writer.resolve(name));
        } catch (IOException e) {
            throw MillraceException.io("copy into the data set", source, e);
        }
        writer.seal(name);
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
        int user = users.meet(logged);
        laterUsers += user < 0 ? 1 : 0;
        int[] codes = contextCodes(logged);
        for (int i = 0; i < logged.itemCount(); i++) {
            int labels = outcomeOf(logged, i);
            int item = items.indexOf(logged.itemId(i));
            if (user < 0 || item < 0) {
                laterItems += user < 0 ? 0 : 1;
                continue;
            }
            int event = events.count();
            events.add(user, item, logged.momentMs(), labels, 0, codes);
            for (int field = 0; field < logged.layout().rates(); field++) {
                events.setRate(event, field, logged.rate(i, field));
            }
            if (feedback != null) {
                feedback.meet(logged, i, event);
            }
        }
    }

    /** What a file says of an item, which then has been looked for. */
    private int outcomeOf(Impression logged, int index) {
        return outcomes == null
                ? 0
                : outcomes.take(logged.correlationId(), logged.subjectId(), logged.itemId(index));
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
