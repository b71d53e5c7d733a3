package io.millrace.data.importers;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.DatasetLayout;
import io.millrace.data.dataset.DatasetWriter;
import io.millrace.data.dataset.InteractionTable;
import io.millrace.ranker.features.ContextSource;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.features.Vocabulary;

import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Imports KuaiRand-Pure: watch histories before 25 April 2022 become sequences and counters of the
 * rows, the impressions of the last week of April are to train on, those of May to test on.
 *
 * <p>What is known only after an impression (clicks, watch time, …) becomes a label and never a
 * feature. A value that is missing stays missing; no row is dropped for it.
 *
 * <p>Threading: one thread.
 */
public final class KuaiRandImporter {
    /** Rows that may be rejected when nothing else is said. */
    public static final long DEFAULT_MAX_REJECTS = 100;

    private static final int UTC_OFFSET_MINUTES = 8 * 60;
    private static final int TABS = 15;
    private static final int MOST_FREQUENT_TAB = 1;
    private static final int HOURS = 24;
    private static final int DAYS = 7;

    private final Path source;
    private final Rejects rejects;
    private final ProgressListener progress;

    private KuaiRandImporter(Path source, long maxRejects, ProgressListener progress) {
        this.source = source;
        this.rejects = new Rejects(maxRejects);
        this.progress = progress;
    }

    /**
     * Imports.
     *
     * @param source folder with the five files.
     * @param target folder of the data set to be made; must be missing or empty.
     * @param maxRejects how many rows may be rejected before it gives up.
     * @param progress told how far it is.
     * @return what was done.
     * @throws MillraceException when a file is missing or broken; nothing is left behind then.
     */
    public static ImportReport run(
            Path source, Path target, long maxRejects, ProgressListener progress) {
        return new KuaiRandImporter(source, maxRejects, progress).run(target);
    }

    private ImportReport run(Path target) {
        long startNs = System.nanoTime();
        checkFiles();
        try (DatasetWriter writer = DatasetWriter.create(target, false)) {
            KuaiRandCatalogue users = KuaiRandCatalogue.readUsers(source, rejects, progress);
            KuaiRandCatalogue videos = KuaiRandCatalogue.readVideos(source, rejects, progress);
            KuaiRandHistory history =
                    KuaiRandHistory.read(source, users, videos, rejects, progress);
            KuaiRandUserRows userRows = new KuaiRandUserRows(users, videos, history);
            KuaiRandItemRows itemRows = new KuaiRandItemRows(videos, history);
            FeatureSchema schema = schema(userRows, itemRows);
            writer.writeSchema(schema);
            try (RowTable rows = userRows.build(schema)) {
                writer.writeRows(DatasetLayout.USERS, rows);
            }
            try (RowTable rows = itemRows.build(schema)) {
                writer.writeRows(DatasetLayout.ITEMS, rows);
            }
            long train =
                    writeEvents(
                            writer,
                            KuaiRandColumns.TRAIN,
                            DatasetLayout.TRAIN,
                            users,
                            videos,
                            history,
                            schema);
            long test =
                    writeEvents(
                            writer,
                            KuaiRandColumns.TEST,
                            DatasetLayout.TEST,
                            users,
                            videos,
                            history,
                            schema);
            writer.commit(
                    "KuaiRand-Pure",
                    "kuairand",
                    new DatasetWriter.Counts(users.count(), videos.count(), train, test),
                    null);
            return new ImportReport(
                    users.count(),
                    videos.count(),
                    train,
                    test,
                    rejects.count(),
                    rejects.examples(),
                    (System.nanoTime() - startNs) / 1e9);
        }
    }

    private void checkFiles() {
        for (String name :
                List.of(
                        KuaiRandColumns.USERS,
                        KuaiRandColumns.VIDEOS,
                        KuaiRandColumns.HISTORY,
                        KuaiRandColumns.TRAIN,
                        KuaiRandColumns.TEST)) {
            if (!Files.isRegularFile(source.resolve(name))) {
                throw MillraceException.of(
                        ErrorCode.NOT_FOUND,
                        "not a KuaiRand-Pure folder: folder=%s, missing=%s; give the folder that"
                                + " holds its files",
                        source,
                        name);
            }
        }
    }

    private static FeatureSchema schema(KuaiRandUserRows users, KuaiRandItemRows items) {
        List<FeatureField> fields = new ArrayList<>(users.fields());
        fields.add(FeatureField.context("tab", TABS, ContextSource.REQUEST, MOST_FREQUENT_TAB));
        fields.add(FeatureField.context("hour", HOURS, ContextSource.HOUR_OF_DAY, -1));
        fields.add(FeatureField.context("day_of_week", DAYS, ContextSource.DAY_OF_WEEK, -1));
        fields.addAll(items.fields());
        Map<String, Vocabulary> vocabularies = new TreeMap<>(users.vocabularies());
        vocabularies.putAll(items.vocabularies());
        return new FeatureSchema(
                FeatureSchema.FORMAT, "KuaiRand-Pure", UTC_OFFSET_MINUTES, fields, vocabularies);
    }

    private long writeEvents(
            DatasetWriter writer,
            String file,
            String name,
            KuaiRandCatalogue users,
            KuaiRandCatalogue videos,
            KuaiRandHistory history,
            FeatureSchema schema) {
        KuaiRandEvents events = new KuaiRandEvents();
        List<String> required = new ArrayList<>(KuaiRandColumns.IMPRESSION);
        required.addAll(KuaiRandColumns.LABELS);
        new DelimitedFile(source.resolve(file), ',', required)
                .forEach(rejects, progress, row -> events.add(row, users, videos, history));
        FeatureField tab = schema.field("tab");
        FeatureField hour = schema.field("hour");
        FeatureField day = schema.field("day_of_week");
        RowLayout layout = schema.layout(FeatureScope.CONTEXT);
        int[] order = events.orderByTime();
        try (InteractionTable.Builder table = InteractionTable.builder(order.length, layout)) {
            MemorySegment contexts = table.contextSegment();
            for (int i = 0; i < order.length; i++) {
                int event = order[i];
                events.copyInto(event, table, i);
                long at = table.contextOffset(i);
                contexts.set(
                        RowLayout.INT,
                        at + 4L * layout.slotOf(tab),
                        tab.idOfCode(events.tab(event)));
                contexts.set(
                        RowLayout.INT,
                        at + 4L * layout.slotOf(hour),
                        hour.idOfCode(events.hour(event)));
                contexts.set(
                        RowLayout.INT,
                        at + 4L * layout.slotOf(day),
                        day.idOfCode(events.dayOfWeek(event)));
            }
            writer.writeEvents(name, table);
        }
        return order.length;
    }

    /** Day of the week of a date such as 20220425, 0 = Monday. */
    static int dayOfWeek(long date) throws DelimitedFile.RejectedRow {
        try {
            return LocalDate.of((int) (date / 10_000), (int) (date / 100 % 100), (int) (date % 100))
                            .getDayOfWeek()
                            .getValue()
                    - 1;
        } catch (DateTimeException e) {
            throw new DelimitedFile.RejectedRow("no date: " + date);
        }
    }
}
