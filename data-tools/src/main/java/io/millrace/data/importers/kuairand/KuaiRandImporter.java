package io.millrace.data.importers.kuairand;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.DatasetLayout;
import io.millrace.data.dataset.DatasetWriter;
import io.millrace.data.importers.ImportReport;
import io.millrace.data.importers.ImportTask;
import io.millrace.data.importers.Rejects;
import io.millrace.data.importers.table.EventSlice;
import io.millrace.data.importers.table.PastRates;
import io.millrace.data.importers.table.TrainingCounts;
import io.millrace.ranker.features.ContextSource;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.features.Vocabulary;

import java.nio.file.Files;
import java.nio.file.Path;
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
    private static final int UTC_OFFSET_MINUTES = 8 * 60;
    private static final int TABS = 15;
    private static final int MOST_FREQUENT_TAB = 1;
    private static final int HOURS = 24;
    private static final int DAYS = 7;

    private final Path source;
    private final KuaiRandPlan plan;
    private final Rejects rejects;
    private final ProgressListener progress;

    private KuaiRandImporter(Path source, KuaiRandPlan plan, ImportTask task) {
        this.source = source;
        this.plan = plan;
        this.rejects = new Rejects(task.maxRejects());
        this.progress = task.progress();
    }

    /**
     * Imports without rates, with the mean of every history.
     *
     * @param source folder with the five files.
     * @param task what is to be made, and how much may be wrong.
     * @return what was done.
     * @throws MillraceException when a file is missing or broken; nothing is left behind then.
     */
    public static ImportReport run(Path source, ImportTask task) {
        return run(source, KuaiRandPlan.PLAIN, task);
    }

    /**
     * Imports.
     *
     * @param source folder with the five files.
     * @param plan which rates there are to be, and how histories are pooled.
     * @param task what is to be made, and how much may be wrong.
     * @return what was done.
     * @throws MillraceException when a file is missing or broken; nothing is left behind then.
     */
    public static ImportReport run(Path source, KuaiRandPlan plan, ImportTask task) {
        return new KuaiRandImporter(source, plan, task).run(task.target());
    }

    private ImportReport run(Path target) {
        long startNs = System.nanoTime();
        checkFiles();
        try (DatasetWriter writer = DatasetWriter.create(target, false)) {
            KuaiRandCatalogue users = KuaiRandCatalogue.readUsers(source, rejects, progress);
            KuaiRandCatalogue videos = KuaiRandCatalogue.readVideos(source, rejects, progress);
            KuaiRandHistory history =
                    KuaiRandHistory.read(source, users, videos, rejects, progress);
            KuaiRandUserRows userRows =
                    new KuaiRandUserRows(users, videos, history, plan.pooling());
            KuaiRandItemRows itemRows = new KuaiRandItemRows(videos, history);
            FeatureSchema unrated = schema(userRows, itemRows);
            try (RowTable rows = userRows.build(unrated)) {
                writer.writeRows(DatasetLayout.USERS, rows);
            }
            KuaiRandEvents reader = new KuaiRandEvents(users, videos, history, plan.rates().size());
            EventSlice train = read(reader, KuaiRandColumns.TRAIN);
            EventSlice test = read(reader, KuaiRandColumns.TEST);
            FeatureSchema schema;
            try (RowTable rows = itemRows.build(unrated)) {
                writer.writeRows(DatasetLayout.ITEMS, rows);
                // Nothing is known of the moments of what was watched before.
                EventSlice before = EventSlice.none(train.events());
                schema =
                        PastRates.add(
                                writer,
                                unrated,
                                rows,
                                plan.rates(),
                                new PastRates.Parts(before, train, test, plan.isTestTold()));
            }
            train.write(writer, DatasetLayout.TRAIN, schema);
            test.write(writer, DatasetLayout.TEST, schema);
            writer.writeSchema(TrainingCounts.add(writer, schema));
            DatasetWriter.Counts counts =
                    new DatasetWriter.Counts(
                            users.count(), videos.count(), train.count(), test.count());
            writer.commit("KuaiRand-Pure", "kuairand", counts, null);
            return ImportReport.of(counts, rejects, startNs);
        }
    }

    private EventSlice read(KuaiRandEvents reader, String file) {
        return EventSlice.all(reader.read(source.resolve(file), rejects, progress));
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
}
