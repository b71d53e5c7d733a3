package io.millrace.data.train.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.file.ChildJvm;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.simulate.SimulationPlan;
import io.millrace.data.simulate.Simulator;
import io.millrace.data.train.Training;
import io.millrace.data.train.TrainingPlan;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A training in a process of its own is ended by {@code kill -9} again and again. */
final class KilledTrainingTest {
    private static final SimulationPlan WORLD = new SimulationPlan(120, 300, 5_000, 3, 2);
    private static final int KILLS = 3;

    @TempDir private Path folder;

    @Test
    void shouldEndWithTheSameBytesWhenItWasKilled() throws Exception {
        Simulator.run(WORLD, folder.resolve("world"), ProgressListener.NONE);
        Path whole = folder.resolve("whole");
        // In a process of its own, too: kernels of another kind would round otherwise.
        assertEquals(0, start("whole").waitFor(), this::log);
        Path kept = folder.resolve("kept");
        for (int kill = 0; kill < KILLS; kill++) {
            long before = newest(kept);
            Process process = start("out");
            while (process.isAlive() && newest(kept) == before) {
                Thread.sleep(1);
            }
            Thread.sleep(40L * kill);
            assertTrue(process.isAlive(), () -> "it ended by itself: " + log());
            process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
            assertFalse(Files.exists(folder.resolve("out")));
        }
        Process last = start("out");
        assertTrue(last.waitFor(60, TimeUnit.SECONDS));
        assertEquals(0, last.exitValue(), this::log);
        for (String name :
                List.of(
                        BundleLayout.TOWERS,
                        BundleLayout.RANKER,
                        BundleLayout.LIGHT_RANKER,
                        BundleLayout.MODELS_MANIFEST)) {
            Path out = folder.resolve("out").resolve(name);
            assertEquals(-1, Files.mismatch(whole.resolve(name), out), name);
        }
        assertFalse(Files.exists(kept));
    }

    /** When a checkpoint was written last; 0 for never. */
    private static long newest(Path kept) throws IOException {
        long newest = 0;
        for (String name : List.of("towers", "ranker", "light-ranker")) {
            Path file = kept.resolve(name + ".checkpoint");
            if (Files.exists(file)) {
                newest = Math.max(newest, Files.getLastModifiedTime(file).toMillis());
            }
        }
        return newest;
    }

    private Process start(String out) throws IOException {
        return new ProcessBuilder(ChildJvm.command(Trainer.class, folder, out))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
    }

    private String log() {
        try {
            return Files.readString(folder.resolve("log"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static TrainingPlan plan(Dataset dataset) {
        return TrainingPlan.defaults(dataset, 1, 2).withPasses(2, false);
    }

    /** The process. */
    static final class Trainer {
        private Trainer() {}

        /** Trains in a folder. */
        public static void main(String[] arguments) {
            Path folder = Path.of(arguments[0]);
            try (Dataset dataset = Dataset.open(folder.resolve("world"))) {
                Training.run(
                        dataset,
                        folder.resolve(arguments[1]),
                        plan(dataset),
                        Checkpoints.in(folder.resolve("kept"), Duration.ofMillis(50)),
                        ProgressListener.NONE);
            }
        }
    }
}
