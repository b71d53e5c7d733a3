package io.millrace.data.eval;

import io.millrace.core.metrics.Figures;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.bundle.OfflineBundle;
import io.millrace.data.dataset.Dataset;
import io.millrace.ranker.dcn.DcnModel;
import io.millrace.ranker.dcn.halves.DcnItemHalves;
import io.millrace.ranker.model.WeightType;

import java.nio.file.Path;

/**
 * Measures a bundle, and baselines beside it, on what a data set held out. Retrieval is asked for
 * what users went on to watch, the ranker for the clicks and the long views of the test
 * impressions.
 */
public final class Evaluation {
    private Evaluation() {}

    /**
     * Measures a bundle.
     *
     * @param bundle folder of the bundle.
     * @param dataset folder of the data set it was built from.
     * @param plan what is measured.
     * @param progress told of the stages.
     * @return the figures.
     */
    public static EvaluationReport run(
            Path bundle, Path dataset, EvaluationPlan plan, ProgressListener progress) {
        try (Dataset data = Dataset.open(dataset);
                OfflineBundle opened = OfflineBundle.open(bundle)) {
            return run(opened, data, plan, progress);
        }
    }

    /**
     * Measures an open bundle.
     *
     * @param bundle the bundle.
     * @param dataset the data set it was built from.
     * @param plan what is measured.
     * @param progress told of the stages.
     * @return the figures.
     */
    public static EvaluationReport run(
            OfflineBundle bundle, Dataset dataset, EvaluationPlan plan, ProgressListener progress) {
        bundle.checkMadeFrom(dataset);
        long startNs = System.nanoTime();
        Figures figures =
                new Figures()
                        .put("dataset", dataset.manifest().name())
                        .put("fingerprint", bundle.manifest().fingerprint())
                        .put("items", bundle.items().count())
                        .put("users", bundle.users().count());
        figures.put("retriever", bundle.retriever().label());
        WeightType embeddings = bundle.ranker().input().embeddings().type();
        if (embeddings != WeightType.F32) {
            figures.put("embeddings.type", embeddings.label());
        }
        new RetrievalEvaluation(dataset, bundle, plan).addTo(figures, progress);
        ClickSample sample = ClickSample.of(dataset.test(), plan.maxImpressions());
        figures.put("click.impressions", sample.count());
        scores(bundle, bundle.ranker(), dataset, sample, plan, progress).addTo(figures, "");
        DcnModel light = bundle.light();
        if (light != null) {
            scores(bundle, light, dataset, sample, plan, progress).addTo(figures, "light.");
        }
        try (DcnItemHalves halves = bundle.openHalves();
                DcnItemHalves lightHalves = bundle.openLightHalves()) {
            HalvesScores scores = new HalvesScores(dataset, sample, plan.threads(), progress);
            scores.addTo(figures, bundle.ranker(), halves, "halves.");
            if (light != null) {
                scores.addTo(figures, light, lightHalves, "light.halves.");
            }
        }
        if (plan.models() != null) {
            new TrainedScores(bundle, dataset, sample, plan, progress)
                    .addTo(figures, plan.models());
        }
        if (plan.withBaselines()) {
            ClickBaselines.addTo(figures, dataset, sample, plan, progress);
        }
        figures.put("seconds", (System.nanoTime() - startNs) / 1e9);
        return new EvaluationReport(figures);
    }

    /** Scores by a ranker that takes the rows of a bundle. */
    static RankerScores scores(
            OfflineBundle bundle,
            DcnModel ranker,
            Dataset dataset,
            ClickSample sample,
            EvaluationPlan plan,
            ProgressListener progress) {
        return RankerScores.of(
                ranker,
                bundle.users(),
                bundle.items(),
                dataset.test(),
                sample,
                plan.threads(),
                progress);
    }
}
