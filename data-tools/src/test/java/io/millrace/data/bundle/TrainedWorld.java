package io.millrace.data.bundle;

import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.simulate.SimulationPlan;
import io.millrace.data.simulate.Simulator;
import io.millrace.data.train.Training;
import io.millrace.data.train.TrainingPlan;

import java.nio.file.Path;

/** A simulated data set and models trained on it, to build bundles from. */
final class TrainedWorld {
    private TrainedWorld() {}

    /** Makes the data set {@code name} in a folder, and its models beside it. */
    static void make(Path folder, String name, int users, int items, long seed) {
        Path path = folder.resolve(name);
        Simulator.run(SimulationPlan.defaults(users, items, seed), path, ProgressListener.NONE);
        try (Dataset dataset = Dataset.open(path)) {
            Training.run(
                    dataset,
                    models(folder, name),
                    TrainingPlan.defaults(dataset, seed, 2),
                    ProgressListener.NONE);
        }
    }

    /** Builds a bundle from the data set {@code name} of a folder. */
    static BuildReport build(Path folder, String name, Path out, BuildPlan plan) {
        return BundleBuilder.run(
                folder.resolve(name), models(folder, name), out, plan, ProgressListener.NONE);
    }

    private static Path models(Path folder, String name) {
        return folder.resolve(name + "-models");
    }
}
