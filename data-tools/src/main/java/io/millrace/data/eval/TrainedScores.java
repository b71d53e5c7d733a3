package io.millrace.data.eval;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.metrics.Figures;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.bundle.OfflineBundle;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.train.ModelsManifest;
import io.millrace.ranker.dcn.DcnModel;
import io.millrace.ranker.model.DenseLayer;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Measures the rankers that a bundle was built from on the impressions that measure the bundle:
 * what its embeddings of fewer bits cost shows beside them.
 */
final class TrainedScores {
    private final OfflineBundle bundle;
    private final Dataset dataset;
    private final ClickSample sample;
    private final EvaluationPlan plan;
    private final ProgressListener progress;

    TrainedScores(
            OfflineBundle bundle,
            Dataset dataset,
            ClickSample sample,
            EvaluationPlan plan,
            ProgressListener progress) {
        this.bundle = bundle;
        this.dataset = dataset;
        this.sample = sample;
        this.plan = plan;
        this.progress = progress;
    }

    /**
     * Adds figures of the rankers.
     *
     * @throws MillraceException MISMATCH when the bundle was built from other models.
     */
    void addTo(Figures figures, Path models) {
        ModelsManifest.verify(models).checkTrainedOn(models, dataset);
        addTo(figures, models.resolve(BundleLayout.RANKER), bundle.ranker(), "");
        DcnModel light = bundle.light();
        if (light != null) {
            addTo(figures, models.resolve(BundleLayout.LIGHT_RANKER), light, "light.");
        }
    }

    private void addTo(Figures figures, Path file, DcnModel bundled, String prefix) {
        try (DcnModel trained = DcnModel.load(file, dataset.schema())) {
            if (!isOfOneTraining(trained, bundled)) {
                throw MillraceException.of(
                        ErrorCode.MISMATCH,
                        "the bundle was built from other models: file=%s, bundle=%s; give the"
                                + " models it was built from, or leave --models out",
                        file,
                        bundle.path());
            }
            Evaluation.scores(bundle, trained, dataset, sample, plan, progress)
                    .addTo(figures, prefix + "trained.");
        }
    }

    /** Only embeddings are rounded: dense weights are the same to the last bit. */
    private static boolean isOfOneTraining(DcnModel trained, DcnModel bundled) {
        List<DenseLayer> layers = trained.network().layers();
        List<DenseLayer> others = bundled.network().layers();
        boolean isSame = layers.size() == others.size();
        for (int i = 0; isSame && i < layers.size(); i++) {
            isSame =
                    Arrays.equals(layers.get(i).weights(), others.get(i).weights())
                            && Arrays.equals(layers.get(i).bias(), others.get(i).bias());
        }
        return isSame;
    }
}
