package io.millrace.data.train;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.file.AtomicDirectory;
import io.millrace.core.json.Json;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.train.ranker.RankerTrainer;
import io.millrace.data.train.tower.TowerTrainer;

import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Trains the two towers and the ranker and writes them as one folder, whole or not at all.
 *
 * <p>Threading: the calling thread, and pools of the trainers.
 */
public final class Training {
    private Training() {}

    /**
     * Trains.
     *
     * @param dataset what to train on.
     * @param out folder of the models to be made; must be missing or empty.
     * @param plan how.
     * @param progress told how far it is.
     * @return what was done.
     */
    public static TrainingReport run(
            Dataset dataset, Path out, TrainingPlan plan, ProgressListener progress) {
        long startNs = System.nanoTime();
        try (AtomicDirectory directory = AtomicDirectory.create(out, false)) {
            TowerTrainer.Trained towers = TowerTrainer.train(dataset, plan.towers(), progress);
            try (var model = towers.model()) {
                model.save(directory.resolve(BundleLayout.TOWERS));
            }
            RankerTrainer.Trained ranker = RankerTrainer.train(dataset, plan.ranker(), progress);
            try (var model = ranker.model()) {
                model.save(directory.resolve(BundleLayout.RANKER));
            }
            TrainingReport report =
                    new TrainingReport(
                            towers.report(), ranker.report(), (System.nanoTime() - startNs) / 1e9);
            Json.writeAtomically(
                    directory.resolve(BundleLayout.MODELS_MANIFEST),
                    ModelsManifest.of(
                            dataset,
                            plan.towers().seed(),
                            metrics(report),
                            directory.path(),
                            List.of(BundleLayout.RANKER, BundleLayout.TOWERS)));
            directory.commit();
            return report;
        }
    }

    /** What the same training always gives; times are left out, or two runs would differ. */
    private static SortedMap<String, Double> metrics(TrainingReport report) {
        SortedMap<String, Double> metrics = new TreeMap<>();
        metrics.put("towers.loss", report.towers().losses().getLast());
        metrics.put("towers.temperature", report.towers().temperature());
        metrics.put("ranker.loss", report.ranker().losses().getLast());
        return metrics;
    }
}
