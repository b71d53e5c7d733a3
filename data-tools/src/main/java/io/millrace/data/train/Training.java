package io.millrace.data.train;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.file.AtomicDirectory;
import io.millrace.core.json.Json;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.train.checkpoint.Checkpoints;
import io.millrace.data.train.checkpoint.TrainingRun;
import io.millrace.data.train.ranker.RankerTrainer;
import io.millrace.data.train.ranker.RankerTrainingPlan;
import io.millrace.data.train.ranker.RankerTrainingReport;
import io.millrace.data.train.tower.TowerTrainer;
import io.millrace.ranker.dcn.DcnModel;

import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Trains the two towers, the ranker and the light ranker and writes them as one folder, whole or
 * not at all.
 *
 * <p>Threading: the calling thread, and pools of the trainers.
 */
public final class Training {
    private Training() {}

    /**
     * Trains and keeps no checkpoints.
     *
     * @param dataset what to train on.
     * @param out folder of the models to be made; must be missing or empty.
     * @param plan how.
     * @param progress told how far it is.
     * @return what was done.
     */
    public static TrainingReport run(
            Dataset dataset, Path out, TrainingPlan plan, ProgressListener progress) {
        return run(dataset, out, plan, Checkpoints.none(), progress);
    }

    /**
     * Trains, or goes on where a training was killed.
     *
     * @param dataset what to train on.
     * @param out folder of the models to be made; must be missing or empty.
     * @param plan how.
     * @param checkpoints kept on the way, and deleted in the end.
     * @param progress told how far it is.
     * @return what was done.
     */
    public static TrainingReport run(
            Dataset dataset,
            Path out,
            TrainingPlan plan,
            Checkpoints checkpoints,
            ProgressListener progress) {
        long startNs = System.nanoTime();
        try (AtomicDirectory directory = AtomicDirectory.create(out, false)) {
            TowerTrainer.Trained towers =
                    TowerTrainer.train(
                            dataset,
                            plan.towers(),
                            TrainingRun.of("towers", checkpoints, progress));
            try (var model = towers.model()) {
                model.save(directory.resolve(BundleLayout.TOWERS));
            }
            RankerTrainingReport ranker =
                    rank(
                            dataset,
                            plan.ranker(),
                            directory.resolve(BundleLayout.RANKER),
                            TrainingRun.of("ranker", checkpoints, progress));
            RankerTrainingReport light =
                    rank(
                            dataset,
                            plan.light(),
                            directory.resolve(BundleLayout.LIGHT_RANKER),
                            TrainingRun.of("light-ranker", checkpoints, progress)
                                    .part("", "light"));
            TrainingReport report =
                    new TrainingReport(
                            towers.report(), ranker, light, (System.nanoTime() - startNs) / 1e9);
            Json.writeAtomically(
                    directory.resolve(BundleLayout.MODELS_MANIFEST),
                    ModelsManifest.of(
                            dataset,
                            plan.towers().seed(),
                            metrics(report),
                            directory.path(),
                            List.of(
                                    BundleLayout.RANKER,
                                    BundleLayout.LIGHT_RANKER,
                                    BundleLayout.TOWERS)));
            directory.commit();
            checkpoints.delete();
            return report;
        }
    }

    private static RankerTrainingReport rank(
            Dataset dataset, RankerTrainingPlan plan, Path target, TrainingRun run) {
        RankerTrainer.Trained trained = RankerTrainer.train(dataset, plan, run);
        try (DcnModel model = trained.model()) {
            model.save(target);
        }
        return trained.report();
    }

    /** What the same training always gives; times are left out, or two runs would differ. */
    private static SortedMap<String, Double> metrics(TrainingReport report) {
        SortedMap<String, Double> metrics = new TreeMap<>();
        metrics.put("towers.loss", report.towers().losses().getLast());
        metrics.put("towers.temperature", report.towers().temperature());
        metrics.put("ranker.loss", report.ranker().losses().getLast());
        metrics.put("light.loss", report.light().losses().getLast());
        return metrics;
    }
}
