package io.millrace.server.funnel.bundle;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.bundle.BundleManifest;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.thread.Aside;
import io.millrace.index.GraphCheck;
import io.millrace.index.GraphReport;
import io.millrace.index.HnswFile;
import io.millrace.index.HnswIndex;
import io.millrace.index.VectorIndex;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.feedback.EventRates;
import io.millrace.ranker.feedback.FeedbackJournal;
import io.millrace.ranker.feedback.FeedbackWriter;
import io.millrace.ranker.rerank.RerankRules;
import io.millrace.ranker.retrieval.RetrievalModel;
import io.millrace.ranker.store.FeatureStore;
import io.millrace.server.change.Changes;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.config.ServerConfig.FunnelConfig;
import io.millrace.server.funnel.Catalogue;
import io.millrace.server.funnel.FunnelWorker;
import io.millrace.server.funnel.WarmUp;
import io.millrace.server.funnel.attributes.ServedAttributes;
import io.millrace.server.funnel.filter.SampleFilters;
import io.millrace.server.funnel.rows.CandidateRates;
import io.millrace.server.funnel.rows.ColumnReader;
import io.millrace.server.funnel.rows.ItemRates;
import io.millrace.server.funnel.rows.LoggedRows;
import io.millrace.server.funnel.rows.ServedRows;
import io.millrace.server.funnel.scoring.BundleRanker;
import io.millrace.server.funnel.scoring.BundledModels;
import io.millrace.server.funnel.search.FunnelWidth;
import io.millrace.server.funnel.search.GraphGauges;
import io.millrace.server.funnel.search.PopularItems;
import io.millrace.server.funnel.search.RecallWatch;
import io.millrace.server.funnel.search.SearchBreadth;
import io.millrace.server.funnel.search.UnitVectors;
import io.millrace.server.funnel.stage.FeedbackIntake;
import io.millrace.server.funnel.stage.FunnelParts;
import io.millrace.server.living.LivingItems;
import io.millrace.server.living.SeenPairs;
import io.millrace.server.living.UpsertedGraph;
import io.millrace.server.living.UpsertedItems;
import io.millrace.server.log.ImpressionCapture;
import io.millrace.server.log.ImpressionLog;
import io.millrace.server.log.ImpressionPlan;
import io.millrace.server.metrics.Gauge;
import io.millrace.server.state.StateFolders;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToLongFunction;

/**
 * A bundle of a whole funnel that is open and ready to answer.
 *
 * <p>Threading: any thread; {@link #close} when no worker answers any more.
 */
public final class ServingBundle implements OpenBundle {
    /** So many rows look for themselves before the graph is served: a few tens of ms. */
    private static final int CHECKED_NODES = 500;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final BundleManifest manifest;
    private final ServedRows rows;
    private final @Nullable ItemRates rates;
    private final FunnelParts parts;
    private final @Nullable FeedbackIntake feedback;
    private final @Nullable RecallWatch recallWatch;
    private final Catalogue catalogue;
    private final List<Gauge> graph;
    private final ImpressionPlan impressionPlan;
    private final @Nullable ImpressionLog impressions;
    private final LivingItems living;
    private final @Nullable ServedAttributes attributes;
    private final BundleChanges changes;
    private final @Nullable BundleState state;

    private ServingBundle(
            ServerConfig config,
            @Nullable Path chosenState,
            @Nullable LoggedRows logged,
            ProgressListener progress) {
        Path bundle = config.bundleDirectory();
        FunnelConfig funnel = config.funnel();
        try {
            manifest = BundleManifest.verifyForOpening(bundle);
            FeatureSchema schema = FeatureSchema.read(bundle.resolve(BundleLayout.SCHEMA));
            PartChecks.requireSame(
                    "schema",
                    manifest.schemaFingerprint(),
                    String.format("%016x", schema.fingerprint()));
            RetrievalModel retrieval = own(RetrievalModel.open(bundle, manifest, schema));
            HnswIndex index = own(HnswFile.open(bundle.resolve(BundleLayout.INDEX), progress));
            RowTable itemRows =
                    own(
                            RowTable.open(
                                    bundle.resolve(BundleLayout.ITEMS),
                                    schema.layout(FeatureScope.ITEM)));
            RowTable userRows =
                    own(
                            RowTable.open(
                                    bundle.resolve(BundleLayout.USERS),
                                    schema.layout(FeatureScope.USER)));
            PartChecks.requireSame(manifest, index, retrieval, itemRows, userRows);
            FunnelWidth width = FunnelWidth.of(config, breadth(index, config));
            Aside<GraphReport> check =
                    own(Aside.begin("check", () -> GraphCheck.check(index, CHECKED_NODES, 1)));
            UpsertedItems upserted = upserted(index, config, logged == null);
            RerankRules rules = RerankRules.read(bundle.resolve(BundleLayout.RULES));
            BundledModels models =
                    own(BundledModels.open(bundle, manifest, schema, itemRows, upserted.room()));
            attributes = ServedAttributes.open(bundle, manifest, schema, upserted.room());
            if (attributes != null) {
                own(attributes);
            }
            graph = GraphGauges.of(index, checked(check, bundle, progress));
            Path folder =
                    chosenState != null
                            ? chosenState
                            : new StateFolders(config.stateDirectory(), manifest.fingerprint())
                                    .current();
            rows =
                    own(
                            logged == null
                                    ? ServedRows.stored(
                                            folder, userRows, itemRows, upserted.room(), progress)
                                    : ServedRows.fixed(logged.users(), itemRows));
            FeatureStore userStore = rows.userStore();
            catalogue = catalogue(schema, index, itemRows, userRows);
            living =
                    new LivingItems(
                            index,
                            upserted,
                            upserted.room() == 0
                                    ? null
                                    : own(
                                            new UpsertedGraph(
                                                    index,
                                                    upserted,
                                                    config.changes().scannedUpserted())));
            UnitVectors units = own(UnitVectors.of(index, retrieval, upserted));
            changes =
                    own(
                            new BundleChanges(
                                    schema, index, retrieval, rows, living, units, attributes));
            changes.replay(folder, config, catalogue);
            rates =
                    userStore == null
                            ? null
                            : own(
                                    ItemRates.open(
                                            bundle,
                                            folder,
                                            schema,
                                            rules,
                                            rows.items(),
                                            funnel.halfLifeMinutes()));
            BundleRanker ranker = new BundleRanker(models, itemRows, rows.items());
            PartChecks.requireLightRanker(ranker, funnel);
            SeenPairs seen = upserted.room() == 0 ? null : own(SeenPairs.open(folder));
            feedback =
                    userStore == null || rates == null
                            ? null
                            : new FeedbackIntake(
                                    living,
                                    seen,
                                    rules,
                                    new FeedbackWriter(schema, userStore, rates.counters()),
                                    rates.counters(),
                                    own(
                                            FeedbackJournal.open(
                                                    folder,
                                                    FeedbackJournal.CAPACITY,
                                                    System.currentTimeMillis())));
            parts =
                    new FunnelParts(
                            schema,
                            retrieval,
                            index,
                            living,
                            units.vectors(),
                            rows.users(),
                            rows.items(),
                            attributes,
                            logged == null
                                    ? () -> new ColumnReader(schema, FeatureScope.ITEM)
                                    : logged.candidates(),
                            changes.items(),
                            ranker,
                            candidateRates(schema, rates, logged),
                            rules,
                            PopularItems.of(
                                    userRows, schema, itemRows.count(), width.maxRetrieved()),
                            feedback,
                            seen,
                            width);
            recallWatch =
                    width.breadth().recall() > 0 && funnel.recallCheckMs() > 0
                            ? own(
                                    new RecallWatch(
                                            index.exact(), width.breadth(), width.maxRetrieved()))
                            : null;
            impressionPlan = ImpressionPlan.of(manifest, schema, config);
            impressions =
                    config.log().folder() == null
                            ? null
                            : own(
                                    ImpressionLog.start(
                                            config.log(), impressionPlan, InstantSource.system()));
            state = rates == null ? null : state(folder, rates);
            // What changes is closed after what changes it.
            opened.remove(changes);
            own(changes).serve(ranker);
        } catch (Throwable t) {
            close();
            throw t;
        }
    }

    /**
     * Checks a bundle, opens all of it and warms it up.
     *
     * @param config which bundle, what is kept between runs (the bundle has a folder of its own in
     *     that), how wide the funnel is, what a request may hold, and where impressions go
     * @param progress told of the steps
     * @return a funnel that is ready
     * @throws MillraceException when the bundle is damaged or its parts do not belong together, or
     *     another server uses the same state
     */
    public static ServingBundle open(ServerConfig config, ProgressListener progress) {
        return open(config, null, progress);
    }

    /** The same with a state that is not the one in use, unless that is null. */
    public static ServingBundle open(
            ServerConfig config, @Nullable Path state, ProgressListener progress) {
        ServingBundle serving = new ServingBundle(config, state, null, progress);
        try {
            serving.warmUp(config, progress);
            return serving;
        } catch (Throwable t) {
            serving.close();
            throw t;
        }
    }

    /**
     * Checks a bundle and opens all of it to answer requests again as they were answered, without
     * state and without warming up.
     *
     * @param config which bundle, how wide the funnel is and what a request may hold
     * @param logged rows and rates as they were
     * @param progress told of the steps
     * @return a funnel; its {@link #newRecordingWorker}s are to be used
     * @throws MillraceException when the bundle is damaged or its parts do not belong together
     */
    public static ServingBundle openForReplay(
            ServerConfig config, LoggedRows logged, ProgressListener progress) {
        return new ServingBundle(config, null, logged, progress);
    }

    private @Nullable BundleState state(Path folder, ItemRates itemRates) {
        FeatureStore users = rows.userStore();
        FeatureStore items = rows.itemStore();
        return users == null || items == null || feedback == null
                ? null
                : new BundleState(
                        manifest.fingerprint(),
                        folder,
                        users,
                        items,
                        itemRates.counters(),
                        feedback.journal(),
                        parts.seen(),
                        changes.journal());
    }

    /** Nothing is upserted where changes are off, or answers given again. */
    private static UpsertedItems upserted(HnswIndex index, ServerConfig config, boolean isServing) {
        boolean areTaken = isServing && config.changes().enabled();
        return new UpsertedItems(index, areTaken ? config.changes().maxUpserted() : 0);
    }

    private static @Nullable CandidateRates candidateRates(
            FeatureSchema schema, @Nullable ItemRates rates, @Nullable LoggedRows logged) {
        if (logged != null) {
            return schema.hasRates() ? logged.rates() : null;
        }
        return rates == null ? null : rates.ofCandidates();
    }

    private void warmUp(ServerConfig config, ProgressListener progress) {
        // Made-up requests are none to watch, nor to keep.
        FunnelWorker worker =
                new BundleWorker(parts, null, impressions == null ? null : newCapture());
        WarmUp.run(catalogue, worker, config.limits(), config.funnel().warmUpRequests(), progress);
        if (recallWatch != null) {
            recallWatch.start(config.funnel().recallCheckMs());
        }
    }

    private <T extends AutoCloseable> T own(T part) {
        opened.add(part);
        return part;
    }

    /** What is said of this server wins over what is said of the bundle. */
    private SearchBreadth breadth(HnswIndex index, ServerConfig config) {
        FunnelConfig funnel = config.funnel();
        int candidates = config.mostCandidates();
        double recall = funnel.recall() > 0 ? funnel.recall() : manifest.recall().orElse(0);
        SearchBreadth usual =
                funnel.efSearch() > 0 || recall == 0
                        ? SearchBreadth.given(candidates, funnel.efSearch())
                        : SearchBreadth.reaching(recall, candidates, index.recallCurve());
        return usual.withHaste(funnel.efSearchInHaste());
    }

    /** Waits for the check of the graph, if it is not done yet. */
    private static GraphReport checked(
            Aside<GraphReport> check, Path bundle, ProgressListener progress) {
        try (ProgressListener.Stage stage = progress.start("check graph", 1)) {
            GraphReport report = check.result();
            report.requireServable(bundle.resolve(BundleLayout.INDEX));
            stage.advance(1);
            return report;
        }
    }

    private Catalogue catalogue(
            FeatureSchema schema, HnswIndex index, RowTable itemRows, RowTable userRows) {
        return new Catalogue(
                manifest.fingerprintBits(),
                index.size(),
                userRows.count(),
                index.dimension(),
                sample(userRows.count(), userRows::id),
                sample(itemRows.count(), itemRows::id),
                SampleFilters.of(attributes),
                Catalogue.contextFields(schema),
                Catalogue.columns(schema, FeatureScope.ITEM),
                Catalogue.columns(schema, FeatureScope.USER));
    }

    private static List<Long> sample(int count, IntToLongFunction idOf) {
        int size = Math.min(count, Catalogue.MAX_SAMPLES);
        List<Long> sample = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            sample.add(idOf.applyAsLong((int) ((long) i * count / size)));
        }
        return sample;
    }

    /**
     * What the bundle says of itself.
     *
     * @return the manifest
     */
    public BundleManifest manifest() {
        return manifest;
    }

    @Override
    public Catalogue catalogue() {
        return catalogue;
    }

    @Override
    public FunnelWorker newWorker() {
        return new BundleWorker(
                parts,
                recallWatch == null ? null : recallWatch.newTap(),
                impressions == null ? null : impressions.newSink());
    }

    @Override
    public FunnelWorker newFeedbackWorker() {
        return new FeedbackWorker(parts, impressions == null ? null : impressions.newSink());
    }

    @Override
    public FunnelWorker newRecordingWorker(ImpressionCapture capture) {
        return new BundleWorker(parts, null, capture);
    }

    @Override
    public boolean hasItem(long itemId) {
        return living.ordinalOf(itemId) != VectorIndex.NO_ORDINAL;
    }

    @Override
    public ImpressionCapture newCapture() {
        return new ImpressionCapture(impressionPlan);
    }

    @Override
    public @Nullable BundleState state() {
        return state;
    }

    @Override
    public @Nullable FeedbackIntake feedback() {
        return feedback;
    }

    @Override
    public List<EventRates> rates(long itemId) {
        int ordinal = living.knownOrdinalOf(itemId);
        return rates == null || ordinal == VectorIndex.NO_ORDINAL ? List.of() : rates.of(ordinal);
    }

    @Override
    public @Nullable Changes changes() {
        return changes.target() == null ? null : changes;
    }

    @Override
    public List<Gauge> gauges() {
        List<Gauge> gauges = new ArrayList<>();
        gauges.addAll(rows.gauges());
        if (rates != null) {
            gauges.addAll(rates.gauges());
        }
        gauges.addAll(graph);
        gauges.add(
                Gauge.of(
                        "ef_search",
                        "Breadth of the vector search for the candidates of a request.",
                        parts.width().breadth().efSearch()));
        if (recallWatch != null) {
            gauges.addAll(recallWatch.gauges());
        }
        if (impressions != null) {
            gauges.addAll(impressions.gauges());
        }
        if (attributes != null) {
            gauges.addAll(attributes.gauges());
        }
        gauges.addAll(changes.gauges());
        return gauges;
    }

    @Override
    public void close() {
        OpenBundle.closeAll(opened);
    }
}
