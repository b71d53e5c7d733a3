package io.millrace.data.train.collaborative;

import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.SeenItems;
import io.millrace.data.simulate.SimulationPlan;
import io.millrace.data.simulate.Simulator;

import java.nio.file.Path;

/** A simulated world, and who watched what of it as a plain table: for cosines pair by pair. */
final class SimulatedWatches implements AutoCloseable {
    private final Dataset dataset;
    private final boolean[][] watched;

    SimulatedWatches(Path folder, SimulationPlan world) {
        Simulator.run(world, folder, ProgressListener.NONE);
        dataset = Dataset.open(folder);
        watched = new boolean[world.users()][world.items()];
        SeenItems seen = new SeenItems(dataset.schema(), dataset.users());
        for (int user = 0; user < world.users(); user++) {
            for (int item : seen.watched(user)) {
                watched[user][item] = true;
            }
        }
    }

    Dataset dataset() {
        return dataset;
    }

    /** How many watched an item. */
    int count(int item) {
        return both(item, item);
    }

    /** How many watched both. */
    int both(int item, int other) {
        int count = 0;
        for (boolean[] user : watched) {
            count += user[item] && user[other] ? 1 : 0;
        }
        return count;
    }

    @Override
    public void close() {
        dataset.close();
    }
}
