package io.millrace.data.parity;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.bundle.BundleManifest;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.bundle.OfflineBundle;
import io.millrace.data.dataset.Dataset;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.impression.Impression;
import io.millrace.ranker.impression.ImpressionDescription;
import io.millrace.ranker.impression.ImpressionLayout;
import io.millrace.ranker.impression.ImpressionLogReader;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Looks whether serving scored with the rows that training makes, bit for bit. Rates are taken as
 * they are told: what was counted at that moment is kept nowhere.
 *
 * <p>Threading: one thread.
 */
public final class ParityCheck {
    private final FeatureSchema schema;
    private final FreshRows fresh;
    private final int kept;
    private final Map<FeatureScope, Long> rows = new EnumMap<>(FeatureScope.class);
    private final Map<FeatureScope, Long> equal = new EnumMap<>(FeatureScope.class);
    private final List<ParityDifference> first = new ArrayList<>();
    private long impressions;
    private long told;
    private long toldRates;
    private long laterItems;

    private ParityCheck(FeatureSchema schema, FreshRows fresh, int kept) {
        this.schema = schema;
        this.fresh = fresh;
        this.kept = kept;
        for (FeatureScope scope : ParityReport.COMPARED) {
            rows.put(scope, 0L);
            equal.put(scope, 0L);
        }
    }

    /**
     * Compares the rows of a log.
     *
     * @param plan which.
     * @param progress told of the steps.
     * @return what was found.
     * @throws MillraceException MISMATCH when another bundle answered all of the log or the bundle
     *     was built from another data set, NOT_FOUND when there is no log, CORRUPT_FILE when a file
     *     is damaged.
     */
    public static ParityReport run(ParityPlan plan, ProgressListener progress) {
        BundleManifest manifest = BundleManifest.verify(plan.bundle());
        manifest.requireFunnel(plan.bundle());
        Path dataset = plan.dataset();
        return dataset == null
                ? withBundle(plan, manifest, progress)
                : withDataset(plan, manifest, dataset, progress);
    }

    private static ParityReport withBundle(
            ParityPlan plan, BundleManifest manifest, ProgressListener progress) {
        Path bundle = plan.bundle();
        FeatureSchema schema = FeatureSchema.read(bundle.resolve(BundleLayout.SCHEMA));
        try (RowTable users =
                        RowTable.open(
                                bundle.resolve(BundleLayout.USERS),
                                schema.layout(FeatureScope.USER));
                RowTable items =
                        RowTable.open(
                                bundle.resolve(BundleLayout.ITEMS),
                                schema.layout(FeatureScope.ITEM))) {
            FreshRows fresh = new FreshRows(schema, users, items);
            return new ParityCheck(schema, fresh, plan.kept()).run(plan.log(), manifest, progress);
        }
    }

    private static ParityReport withDataset(
            ParityPlan plan, BundleManifest manifest, Path dataset, ProgressListener progress) {
        try (Dataset data = Dataset.open(dataset)) {
            OfflineBundle.checkMadeFrom(data, plan.bundle(), manifest);
            FreshRows fresh = new FreshRows(data.schema(), data.users(), data.items());
            return new ParityCheck(data.schema(), fresh, plan.kept())
                    .run(plan.log(), manifest, progress);
        }
    }

    private ParityReport run(Path log, BundleManifest manifest, ProgressListener progress) {
        try (ImpressionLogReader reader = new ImpressionLogReader(log, manifest.fingerprint());
                ProgressListener.Stage stage = progress.start("compare rows", -1)) {
            ImpressionDescription checked = null;
            for (Impression logged = reader.next(); logged != null; logged = reader.next()) {
                if (!reader.description().equals(checked)) {
                    checked = reader.description();
                    requireSameSchema(checked);
                }
                compare(logged);
                stage.advance(1);
            }
            return new ParityReport(
                    impressions,
                    rows,
                    equal,
                    told,
                    toldRates,
                    laterItems,
                    first,
                    reader.foreignFiles(),
                    reader.damage());
        }
    }

    private void requireSameSchema(ImpressionDescription described) {
        String fingerprint = String.format("%016x", schema.fingerprint());
        ImpressionLayout layout = described.layout();
        if (!described.schemaFingerprint().equals(fingerprint)
                || layout.userRowBytes() != schema.layout(FeatureScope.USER).rowBytes()
                || layout.contextRowBytes() != schema.layout(FeatureScope.CONTEXT).rowBytes()
                || layout.itemRowBytes() != schema.layout(FeatureScope.ITEM).rowBytes()
                || layout.rates() != schema.fields(FeatureScope.IMPRESSION).size()) {
            throw MillraceException.of(
                    ErrorCode.MISMATCH,
                    "impressions of another feature schema: log=%s, schema=%s; give the data it was"
                            + " served with",
                    described.schemaFingerprint(),
                    fingerprint);
        }
    }

    private void compare(Impression logged) {
        impressions++;
        // What a request brings along is nowhere else to be compared with, and has no rates.
        int items = logged.hasOwnItems() ? 0 : logged.itemCount();
        if (logged.hasRows()) {
            long userId = logged.subjectId();
            MemorySegment user = fresh.user(userId);
            boolean isTold = fresh.takeHistories(logged.segment(), logged.userRowOffset());
            boolean isEqual =
                    compare(logged, FeatureScope.USER, userId, logged.userRowOffset(), user);
            told += isTold && isEqual ? 1 : 0;
            toldRates += (long) items * logged.layout().rates();
            compare(
                    logged,
                    FeatureScope.CONTEXT,
                    userId,
                    logged.contextRowOffset(),
                    fresh.context(logged));
        }
        for (int i = 0; i < items; i++) {
            long itemId = logged.itemId(i);
            MemorySegment item = fresh.item(itemId);
            if (item == null) {
                laterItems++;
            } else {
                compare(logged, FeatureScope.ITEM, itemId, logged.itemRowOffset(i), item);
            }
        }
    }

    private boolean compare(
            Impression logged, FeatureScope scope, long id, long offset, MemorySegment expected) {
        rows.merge(scope, 1L, Long::sum);
        MemorySegment actual = logged.segment();
        long bytes = expected.byteSize();
        long at = MemorySegment.mismatch(actual, offset, offset + bytes, expected, 0, bytes);
        if (at < 0) {
            equal.merge(scope, 1L, Long::sum);
            return true;
        }
        if (first.size() < kept) {
            int slot = (int) (at / Integer.BYTES);
            long slotAt = (long) slot * Integer.BYTES;
            RowLayout layout = schema.layout(scope);
            int field = fieldOf(layout, slot);
            first.add(
                    new ParityDifference(
                            scope,
                            id,
                            layout.fields().get(field).name(),
                            slot - layout.slotOf(field),
                            actual.get(RowLayout.INT, offset + slotAt),
                            expected.get(RowLayout.INT, slotAt),
                            logged.answeredMs(),
                            logged.correlationId()));
        }
        return false;
    }

    /** The field that a slot belongs to; the filling behind the last one counts to it. */
    private static int fieldOf(RowLayout layout, int slot) {
        int field = layout.fields().size() - 1;
        while (field > 0 && layout.slotOf(field) > slot) {
            field--;
        }
        return field;
    }
}
