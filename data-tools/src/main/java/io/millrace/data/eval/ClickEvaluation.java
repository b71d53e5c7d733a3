package io.millrace.data.eval;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.metrics.Figures;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.train.ModelsManifest;
import io.millrace.ranker.calibration.Calibration;
import io.millrace.ranker.calibration.HeadCalibrations;
import io.millrace.ranker.dcn.DcnModel;

import java.nio.file.Path;

/**
 * Measures a trained ranker by itself on each label of the impressions that a data set held out,
 * before and after its calibration, and baselines beside it.
 */
public final class ClickEvaluation {
    private ClickEvaluation() {}

    /**
     * Measures a ranker.
     *
     * @param models folder of the models.
     * @param dataset the data set they were trained on.
     * @param plan what is measured.
     * @param progress told of the stages.
     * @return the figures: {@code click.} as calibrated, if it is, and then {@code
     *     uncalibrated.click.} as the ranker says.
     */
    public static EvaluationReport run(
            Path models, Dataset dataset, EvaluationPlan plan, ProgressListener progress) {
        long startNs = System.nanoTime();
        ModelsManifest manifest = ModelsManifest.verify(models);
        manifest.checkTrainedOn(models, dataset);
        ClickSample sample = ClickSample.of(dataset.test(), plan.maxImpressions());
        Figures figures =
                new Figures()
                        .put("dataset", dataset.manifest().name())
                        .put("click.impressions", sample.count());
        RankerScores scores = score(models, dataset, sample, plan, progress);
        if (manifest.files().containsKey(BundleLayout.CALIBRATION)) {
            Path file = models.resolve(BundleLayout.CALIBRATION);
            HeadCalibrations calibrations = HeadCalibrations.read(file);
            for (ClickSample each : sample.ofEachLabel()) {
                Calibration calibration = calibrations.of(each.label().key());
                if (calibration != null) {
                    float[] calibrated = calibrated(scores.of(each.label()), calibration);
                    ClickMetrics.of(each, calibrated).addTo(figures, "", each.label());
                }
            }
            scores.addTo(figures, "uncalibrated.");
        } else {
            scores.addTo(figures, "");
        }
        if (plan.withBaselines()) {
            ClickBaselines.addTo(figures, dataset, sample, plan, progress);
        }
        figures.put("seconds", (System.nanoTime() - startNs) / 1e9);
        return new EvaluationReport(figures);
    }

    private static float[] calibrated(float[] probabilities, Calibration calibration) {
        float[] calibrated = new float[probabilities.length];
        for (int i = 0; i < calibrated.length; i++) {
            calibrated[i] = calibration.apply(probabilities[i]);
        }
        return calibrated;
    }

    private static RankerScores score(
            Path models,
            Dataset dataset,
            ClickSample sample,
            EvaluationPlan plan,
            ProgressListener progress) {
        try (DcnModel model =
                DcnModel.load(models.resolve(BundleLayout.RANKER), dataset.schema())) {
            return RankerScores.of(
                    model,
                    dataset.users(),
                    dataset.items(),
                    dataset.test(),
                    sample,
                    plan.threads(),
                    progress);
        }
    }
}
