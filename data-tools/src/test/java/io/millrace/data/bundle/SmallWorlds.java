package io.millrace.data.bundle;

import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.simulate.SimulationPlan;
import io.millrace.data.simulate.Simulator;
import io.millrace.data.train.Training;
import io.millrace.data.train.TrainingPlan;

import java.nio.file.Path;

/** Simulated data sets with models trained on them, and bundles of these. */
final class SmallWorlds {
    private SmallWorlds() {}

    /** Makes a data set of that name, and beside it the folder of its models. */
    static void make(Path folder, String name, int users, int items, long seed) {
        Path path = folder.resolve(name);
        Simulator.run(SimulationPlan.defaults(users, items, seed), path, ProgressListener.NONE);
        try (Dataset dataset = Dataset.open(path)) {
            Training.run(
                    dataset,
                    folder.resolve(name + "-models"),
                    TrainingPlan.defaults(dataset, seed, 2),
                    ProgressListener.NONE);
        }
    }

    static BuildReport build(Path folder, String name, Path out, BuildPlan plan) {
        return BundleBuilder.run(
                folder.resolve(name),
                folder.resolve(name + "-models"),
                out,
                plan,
                ProgressListener.NONE);
    }
}
