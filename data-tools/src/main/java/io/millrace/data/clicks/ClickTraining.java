package io.millrace.data.clicks;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.AtomicDirectory;
import io.millrace.core.json.Json;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.InteractionTable;
import io.millrace.data.dataset.Label;
import io.millrace.data.eval.ClickSample;
import io.millrace.data.eval.RankerScores;
import io.millrace.data.train.ModelsManifest;
import io.millrace.data.train.checkpoint.Checkpoints;
import io.millrace.data.train.checkpoint.TrainingRun;
import io.millrace.data.train.ranker.RankerTrainer;
import io.millrace.data.train.ranker.RankerTrainingPlan;
import io.millrace.data.train.ranker.RankerTrainingReport;
import io.millrace.ranker.calibration.Calibration;
import io.millrace.ranker.calibration.HeadCalibrations;
import io.millrace.ranker.dcn.DcnModel;

import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Trains a ranker alone, and calibrates it on the last day to train on, which it does not learn
 * from. Both are written as one folder, whole or not at all.
 */
public final class ClickTraining {
    /** A curve of two numbers is known well enough from these; more only cost time. */
    private static final int MOST_CALIBRATED = 1_000_000;

    private ClickTraining() {}

    /**
     * Trains and keeps no checkpoints.
     *
     * @param dataset what to train on.
     * @param out folder of the models to be made; must be missing or empty.
     * @param plan how; its last day is held out whatever it says.
     * @param method how the ranker is calibrated.
     * @param progress told how far it is.
     * @return what was done.
     * @throws MillraceException as {@link #run(Dataset, Path, RankerTrainingPlan,
     *     CalibrationMethod, Checkpoints, ProgressListener)}.
     */
    public static RankerTrainingReport run(
            Dataset dataset,
            Path out,
            RankerTrainingPlan plan,
            CalibrationMethod method,
            ProgressListener progress) {
        return run(dataset, out, plan, method, Checkpoints.none(), progress);
    }

    /**
     * Trains, or goes on where a training was killed.
     *
     * @param dataset what to train on.
     * @param out folder of the models to be made; must be missing or empty.
     * @param plan how; its last day is held out whatever it says.
     * @param method how the ranker is calibrated.
     * @param checkpoints kept on the way, and deleted in the end.
     * @param progress told how far it is.
     * @return what was done.
     * @throws MillraceException BAD_INPUT when there are fewer than two days to train on, or all
     *     impressions have the same label.
     */
    public static RankerTrainingReport run(
            Dataset dataset,
            Path out,
            RankerTrainingPlan plan,
            CalibrationMethod method,
            Checkpoints checkpoints,
            ProgressListener progress) {
        long learnt = beforeLastDay(dataset.train());
        try (AtomicDirectory directory = AtomicDirectory.create(out, false)) {
            RankerTrainer.Trained trained =
                    RankerTrainer.train(
                            dataset,
                            plan.withLastDayHeldOut(),
                            TrainingRun.of("ranker", checkpoints, progress));
            try (DcnModel model = trained.model()) {
                model.save(directory.resolve(BundleLayout.RANKER));
                ClickSample sample =
                        ClickSample.of(
                                dataset.train(), learnt, dataset.train().count(), MOST_CALIBRATED);
                RankerScores scores =
                        RankerScores.of(
                                model,
                                dataset.users(),
                                dataset.items(),
                                dataset.train(),
                                sample,
                                plan.threads(),
                                progress);
                calibrations(method, scores, sample)
                        .write(directory.resolve(BundleLayout.CALIBRATION));
            }
            SortedMap<String, Double> metrics = new TreeMap<>();
            metrics.put("ranker.loss", trained.report().losses().getLast());
            Json.writeAtomically(
                    directory.resolve(BundleLayout.MODELS_MANIFEST),
                    ModelsManifest.of(
                            dataset,
                            plan.seed(),
                            metrics,
                            directory.path(),
                            List.of(BundleLayout.RANKER, BundleLayout.CALIBRATION)));
            directory.commit();
            checkpoints.delete();
            return trained.report();
        }
    }

    /** A curve for each label, as far as there is one: of a rare label a day may be too little. */
    private static HeadCalibrations calibrations(
            CalibrationMethod method, RankerScores scores, ClickSample sample) {
        SortedMap<String, Calibration> calibrations = new TreeMap<>();
        for (ClickSample each : sample.ofEachLabel()) {
            Label label = each.label();
            try {
                calibrations.put(label.key(), method.fit(scores.of(label), each.labels()));
            } catch (MillraceException e) {
                if (label.equals(Label.CLICK) || e.code() != ErrorCode.BAD_INPUT) {
                    throw e;
                }
            }
        }
        return new HeadCalibrations(calibrations);
    }

    /** How many impressions come before the last day. */
    private static long beforeLastDay(InteractionTable events) {
        long end = events.count();
        while (end > 0 && events.day(end - 1) == events.day(events.count() - 1)) {
            end--;
        }
        if (end == 0) {
            throw MillraceException.badInput(
                    "too few days to train and calibrate: impressions=%d, least=2 days; import more"
                            + " days",
                    events.count());
        }
        return end;
    }
}
