package io.millrace.data.importers.mapped;

import io.millrace.core.error.MillraceException;
import io.millrace.data.dataset.DatasetWriter;
import io.millrace.data.dataset.Label;
import io.millrace.data.importers.ImportReport;
import io.millrace.data.importers.ImportTask;
import io.millrace.data.importers.Rejects;
import io.millrace.data.importers.source.RejectedRow;
import io.millrace.data.importers.source.SourceRow;
import io.millrace.data.importers.table.ContextColumn;
import io.millrace.data.importers.table.EntityTable;
import io.millrace.data.importers.table.EventColumns;
import io.millrace.data.importers.table.EventDataset;
import io.millrace.data.importers.table.EventSplit;
import io.millrace.data.importers.table.FeatureColumn;
import io.millrace.data.importers.table.SplitPlan;
import io.millrace.ranker.features.FeatureScope;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Imports any log of events, with attributes of users and items in the same rows, as a mapping
 * says.
 *
 * <p>Threading: one thread.
 */
public final class MappedImporter {
    private final Mapping mapping;
    private final MappedId ids;
    private final Map<Label, MappedLabel> otherLabels;
    private final List<Attribute> userAttributes;
    private final List<Attribute> itemAttributes;
    private final List<MappedFeature> contextFeatures;
    private final List<ContextColumn> contexts = new ArrayList<>();
    private final EntityTable users;
    private final EntityTable items;
    private final EventColumns events;
    private final int[] codes;

    private MappedImporter(Mapping mapping) {
        this.mapping = mapping;
        this.ids = mapping.ids() == null ? MappedId.NUMBER : mapping.ids();
        this.otherLabels = mapping.others();
        this.userAttributes = attributes(FeatureScope.USER);
        this.itemAttributes = attributes(FeatureScope.ITEM);
        this.contextFeatures = mapping.features(FeatureScope.CONTEXT);
        for (MappedFeature feature : contextFeatures) {
            contexts.add(
                    new ContextColumn(
                            feature.name(), feature.vocabularyRule(), feature.servedAs()));
        }
        this.users = new EntityTable("user", columns(userAttributes));
        this.items = new EntityTable("item", columns(itemAttributes));
        this.events = new EventColumns(contexts.size(), mapping.rated().size(), mapping.declared());
        this.codes = new int[contexts.size()];
    }

    /**
     * Imports files.
     *
     * @param form what kind of files.
     * @param files the files, all written in the same way.
     * @param mapping what their columns mean.
     * @param task what is to be made, and how much may be wrong.
     * @return what was done.
     * @throws MillraceException when a file is missing or broken; nothing is left behind then.
     */
    public static ImportReport run(
            SourceForm form, List<Path> files, Mapping mapping, ImportTask task) {
        return new MappedImporter(mapping).run(form, files, task);
    }

    private ImportReport run(SourceForm form, List<Path> files, ImportTask task) {
        long startNs = System.nanoTime();
        Rejects rejects = new Rejects(task.maxRejects());
        try (DatasetWriter writer = DatasetWriter.create(task.target(), false)) {
            for (Path file : files) {
                form.open(file, mapping, required()).forEach(rejects, task.progress(), this::add);
            }
            int utcOffsetMinutes =
                    mapping.utcOffsetMinutes() == null ? 0 : mapping.utcOffsetMinutes();
            SplitPlan plan = mapping.split() == null ? SplitPlan.DEFAULT : mapping.split();
            EventSplit split = EventSplit.of(events, plan, utcOffsetMinutes);
            DatasetWriter.Counts counts =
                    new EventDataset(
                                    mapping.name(),
                                    utcOffsetMinutes,
                                    users,
                                    items,
                                    split,
                                    contexts,
                                    mapping.derived(),
                                    mapping.pooled(),
                                    mapping.rated())
                            .write(writer);
            writer.commit(mapping.name(), "mapped", counts, null);
            return ImportReport.of(counts, rejects, startNs);
        }
    }

    /** The columns that a file must have. */
    private List<String> required() {
        List<String> required = new ArrayList<>();
        required.add(mapping.user());
        required.add(mapping.item());
        required.add(mapping.time());
        required.add(mapping.click().column());
        if (mapping.longView() != null) {
            required.add(mapping.longView().column());
        }
        if (mapping.like() != null) {
            required.add(mapping.like().column());
        }
        otherLabels.values().forEach(other -> required.add(other.column()));
        if (mapping.watchRatio() != null) {
            required.add(mapping.watchRatio());
        }
        for (MappedFeature feature : mapping.features()) {
            required.add(feature.column());
            if (feature.weights() != null) {
                required.add(feature.weights());
            }
        }
        return required;
    }

    /** Takes a row; all that may be wrong with it is found before anything is kept of it. */
    private void add(SourceRow row) throws RejectedRow {
        long userId = ids.read(row, mapping.user());
        long itemId = ids.read(row, mapping.item());
        long timeMs = mapping.timeForm().readMs(row, mapping.time());
        int labels = labels(row);
        double watchRatio =
                mapping.watchRatio() == null ? Double.NaN : row.number(mapping.watchRatio());
        check(userAttributes, row);
        check(itemAttributes, row);
        for (int i = 0; i < codes.length; i++) {
            codes[i] = contexts.get(i).codeOf(row.text(contextFeatures.get(i).column()));
        }
        events.add(
                rowOf(userId, users, userAttributes, row),
                rowOf(itemId, items, itemAttributes, row),
                timeMs,
                labels,
                watchRatio,
                codes);
    }

    private int labels(SourceRow row) throws RejectedRow {
        boolean isClick = mapping.click().holds(row);
        MappedLabel longView = mapping.longView();
        MappedLabel like = mapping.like();
        int labels = isClick ? EventColumns.CLICK : 0;
        if (longView == null ? isClick : longView.holds(row)) {
            labels |= EventColumns.LONG_VIEW;
        }
        if (like != null && like.holds(row)) {
            labels |= EventColumns.LIKE;
        }
        for (Map.Entry<Label, MappedLabel> other : otherLabels.entrySet()) {
            labels |= other.getValue().holds(row) ? other.getKey().mask() : 0;
        }
        return isClick || mapping.isEveryEventWatched() ? labels | EventColumns.WATCH : labels;
    }

    private static void check(List<Attribute> attributes, SourceRow row) throws RejectedRow {
        for (Attribute attribute : attributes) {
            attribute.values().check(attribute.feature().text(row));
        }
    }

    /** The row of a user or an item, whose attributes are taken when it is met first. */
    private static int rowOf(long id, EntityTable table, List<Attribute> attributes, SourceRow row)
            throws RejectedRow {
        int known = table.count();
        int at = table.rowOrAdd(id);
        if (at == known) {
            for (Attribute attribute : attributes) {
                attribute.values().set(at, attribute.feature().text(row));
            }
        }
        return at;
    }

    private List<Attribute> attributes(FeatureScope scope) {
        return mapping.features(scope).stream()
                .map(feature -> new Attribute(feature, feature.newColumn()))
                .toList();
    }

    private static List<FeatureColumn> columns(List<Attribute> attributes) {
        return attributes.stream().map(Attribute::values).toList();
    }

    /** A feature of users or items and its values. */
    private record Attribute(MappedFeature feature, FeatureColumn values) {}
}
