package io.millrace.server.funnel.bundle;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.bundle.BundleManifest;
import io.millrace.core.progress.ProgressListener;
import io.millrace.ranker.calibration.HeadCalibrations;
import io.millrace.ranker.dcn.DcnModel;
import io.millrace.ranker.dcn.HeadValue;
import io.millrace.ranker.dcn.ValueFormula;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.funnel.Catalogue;
import io.millrace.server.funnel.FunnelWorker;
import io.millrace.server.funnel.WarmUp;
import io.millrace.server.funnel.rows.CandidateRows;
import io.millrace.server.funnel.rows.ColumnReader;
import io.millrace.server.funnel.rows.LoggedRows;
import io.millrace.server.funnel.rows.RequestRows;
import io.millrace.server.funnel.rows.UserRows;
import io.millrace.server.funnel.stage.RowRanking;
import io.millrace.server.log.ImpressionCapture;
import io.millrace.server.log.ImpressionLog;
import io.millrace.server.log.ImpressionPlan;
import io.millrace.server.log.ImpressionSink;
import io.millrace.server.metrics.Gauge;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * A bundle of a ranker alone, open and ready to answer: rank requests whose candidates bring their
 * features, and nothing else.
 *
 * <p>Threading: any thread; {@link #close} when no worker answers any more.
 */
public final class RankerBundle implements OpenBundle {
    /** Nothing is known of anybody. */
    private static final UserRows NO_USERS = () -> (userId, row, offset) -> false;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final FeatureSchema schema;
    private final DcnModel model;
    private final HeadCalibrations calibrations;
    private final ValueFormula formula;
    private final CandidateRows candidateRows;
    private final int maxCandidates;
    private final Catalogue catalogue;
    private final ImpressionPlan impressionPlan;
    private final @Nullable ImpressionLog impressions;

    private RankerBundle(ServerConfig config, @Nullable LoggedRows logged) {
        Path bundle = config.bundleDirectory();
        BundleManifest manifest = BundleManifest.verifyForOpening(bundle);
        schema = FeatureSchema.read(bundle.resolve(BundleLayout.SCHEMA));
        PartChecks.requireSame(
                "schema",
                manifest.schemaFingerprint(),
                String.format("%016x", schema.fingerprint()));
        calibrations =
                manifest.files().containsKey(BundleLayout.CALIBRATION)
                        ? HeadCalibrations.read(bundle.resolve(BundleLayout.CALIBRATION))
                        : HeadCalibrations.NONE;
        formula = ValueFormula.declaredBy(manifest);
        candidateRows =
                logged == null
                        ? () -> new ColumnReader(schema, FeatureScope.ITEM)
                        : logged.candidates();
        maxCandidates = config.limits().candidates();
        catalogue =
                new Catalogue(
                        manifest.fingerprintBits(),
                        0,
                        0,
                        0,
                        List.of(),
                        List.of(),
                        List.of(),
                        Catalogue.contextFields(schema),
                        Catalogue.columns(schema, FeatureScope.ITEM),
                        List.of());
        impressionPlan = ImpressionPlan.of(manifest, schema, config);
        try {
            model = own(DcnModel.load(bundle.resolve(BundleLayout.RANKER), schema));
            formula.of(model.heads());
            impressions =
                    config.log().folder() == null
                            ? null
                            : own(
                                    ImpressionLog.start(
                                            config.log(), impressionPlan, InstantSource.system()));
        } catch (Throwable t) {
            close();
            throw t;
        }
    }

    private <T extends AutoCloseable> T own(T part) {
        opened.add(part);
        return part;
    }

    /** Checks a bundle, opens all of it and warms it up. */
    public static RankerBundle open(ServerConfig config, ProgressListener progress) {
        RankerBundle serving = new RankerBundle(config, null);
        try {
            // Made-up requests are none to keep.
            FunnelWorker worker =
                    serving.newWorker(serving.impressions == null ? null : serving.newCapture());
            WarmUp.run(
                    serving.catalogue,
                    worker,
                    config.limits(),
                    config.funnel().warmUpRequests(),
                    progress);
            return serving;
        } catch (Throwable t) {
            serving.close();
            throw t;
        }
    }

    /** Checks a bundle and opens all of it to answer requests again as they were answered. */
    public static RankerBundle openForReplay(ServerConfig config, LoggedRows logged) {
        return new RankerBundle(config, logged);
    }

    @Override
    public Catalogue catalogue() {
        return catalogue;
    }

    @Override
    public FunnelWorker newWorker() {
        return newWorker(impressions == null ? null : impressions.newSink());
    }

    @Override
    public FunnelWorker newFeedbackWorker() {
        return (request, answer, clock) -> RankerWorker.refuse(request, answer);
    }

    @Override
    public FunnelWorker newRecordingWorker(ImpressionCapture capture) {
        return newWorker(capture);
    }

    private FunnelWorker newWorker(@Nullable ImpressionSink sink) {
        // One probability keeps its order when it is calibrated: only what is answered has to be.
        String only = formula.onlyHead();
        HeadValue value =
                only == null ? formula.of(model.heads(), calibrations) : formula.of(model.heads());
        return new RankerWorker(
                schema,
                new RequestRows(schema, NO_USERS),
                new RowRanking(
                        schema,
                        candidateRows,
                        model.newScorer(maxCandidates, MemorySegment.NULL, value),
                        only == null ? null : calibrations.of(only),
                        MemorySegment.NULL),
                sink);
    }

    @Override
    public boolean hasItem(long itemId) {
        return false;
    }

    @Override
    public ImpressionCapture newCapture() {
        return new ImpressionCapture(impressionPlan);
    }

    @Override
    public List<Gauge> gauges() {
        return impressions == null ? List.of() : impressions.gauges();
    }

    @Override
    public void close() {
        OpenBundle.closeAll(opened);
    }
}
