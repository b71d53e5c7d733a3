package io.millrace.data.train.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.SectionFile;
import io.millrace.core.file.SectionFileWriter;
import io.millrace.core.memory.DirectMemory;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.clicks.CalibrationMethod;
import io.millrace.data.clicks.ClickTraining;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.simulate.SimulationPlan;
import io.millrace.data.simulate.Simulator;
import io.millrace.data.train.Training;
import io.millrace.data.train.TrainingPlan;
import io.millrace.data.train.ranker.RankerTrainer;
import io.millrace.data.train.ranker.RankerTrainingPlan;
import io.millrace.data.train.tower.HardNegatives;
import io.millrace.data.train.tower.TowerTrainer;
import io.millrace.data.train.tower.TowerTrainingPlan;
import io.millrace.ranker.tower.TwoTowerModel;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Trainings that end in the middle of a batch and are gone on with. */
final class ResumedTrainingTest {
    private static final SimulationPlan WORLD = new SimulationPlan(90, 300, 3_600, 3, 2);

    @TempDir private static Path folder;
    private static Dataset dataset;
    private static Path whole;

    @BeforeAll
    static void train() {
        Simulator.run(WORLD, folder.resolve("world"), ProgressListener.NONE);
        dataset = Dataset.open(folder.resolve("world"));
        whole = folder.resolve("whole");
        Training.run(dataset, whole, plan(1), ProgressListener.NONE);
    }

    @AfterAll
    static void close() {
        dataset.close();
    }

    @Test
    void shouldEndWithTheSameBytesWhenItEndedAnywhereBefore() throws IOException {
        long memory = DirectMemory.allocatedBytes();
        Path kept = folder.resolve("kept");
        Path out = folder.resolve("resumed");
        Random random = new Random(1);
        int ends = 0;
        boolean isDone = false;
        while (!isDone) {
            EndingListener listener = new EndingListener(1 + random.nextInt(20));
            try {
                Training.run(dataset, out, plan(1 + ends % 3), every(kept), listener);
                isDone = true;
            } catch (MillraceException e) {
                assertEquals(ErrorCode.IO, e.code(), e.getMessage());
                ends++;
                assertTrue(every(kept).isAnyThere());
                assertFalse(Files.exists(out));
            }
        }
        assertTrue(ends > 8, "ends=" + ends);
        assertSameFolder(whole, out);
        assertFalse(Files.exists(kept), "what is done needs no checkpoint");
        assertEquals(memory, DirectMemory.allocatedBytes());
    }

    /** Negatives are mined by the towers as they are when a pass begins. */
    @Test
    void shouldEndWithTheSameBytesWhenNegativesWereMined() throws IOException {
        TowerTrainingPlan usual = TowerTrainingPlan.defaults(WORLD.users(), 1, 2);
        TowerTrainingPlan plan =
                new TowerTrainingPlan(
                        usual.shape(),
                        4,
                        128,
                        usual.positivesPerUser(),
                        usual.learningRate(),
                        usual.trendWeight(),
                        new HardNegatives(64, 5, 50, 1),
                        1,
                        2);
        Path expected = folder.resolve("mined-whole");
        towers(plan, TrainingRun.of(ProgressListener.NONE), expected);
        EndingListener endless = new EndingListener(Integer.MAX_VALUE);
        towers(plan, TrainingRun.of(endless), folder.resolve("counted-towers"));
        for (int notes = 1; notes < endless.notes(); notes += 5) {
            Checkpoints kept = every(folder.resolve("mined-" + notes));
            TrainingRun ending = TrainingRun.of("towers", kept, new EndingListener(notes));
            assertThrows(MillraceException.class, () -> towers(plan, ending, expected));
            Path out = folder.resolve("mined-from-" + notes);
            towers(plan, TrainingRun.of("towers", kept, ProgressListener.NONE), out);
            assertEquals(-1, Files.mismatch(expected, out), "notes=" + notes);
        }
    }

    private static void towers(TowerTrainingPlan plan, TrainingRun run, Path out) {
        try (TwoTowerModel model = TowerTrainer.train(dataset, plan, run).model()) {
            model.save(out);
        }
    }

    @Test
    void shouldNotLearnAgainWhatIsKept() {
        Path kept = folder.resolve("once");
        Path out = folder.resolve("once-models");
        EndingListener endless = new EndingListener(Integer.MAX_VALUE);
        Training.run(dataset, folder.resolve("counted"), plan(2), endless);
        EndingListener first = new EndingListener(endless.notes() - 3);
        assertThrows(
                MillraceException.class,
                () -> Training.run(dataset, out, plan(2), every(kept), first));
        EndingListener second = new EndingListener(Integer.MAX_VALUE);
        Training.run(dataset, out, plan(2), every(kept), second);
        // The batch whose note ended the first was learnt and not kept, two came after it.
        assertEquals(3, second.notes());
        assertEquals(endless.steps(), second.steps(), "progress begins where the training is");
    }

    @Test
    void shouldGoOnWithARankerAlone() throws IOException {
        Path kept = folder.resolve("alone-kept");
        Path out = folder.resolve("alone");
        Path expected = folder.resolve("alone-whole");
        CalibrationMethod method = CalibrationMethod.PLATT;
        ClickTraining.run(dataset, expected, plan(2).light(), method, ProgressListener.NONE);
        assertThrows(
                MillraceException.class,
                () ->
                        ClickTraining.run(
                                dataset,
                                out,
                                plan(2).light(),
                                method,
                                every(kept),
                                new EndingListener(11)));
        EndingListener listener = new EndingListener(Integer.MAX_VALUE);
        ClickTraining.run(dataset, out, plan(2).light(), method, every(kept), listener);
        assertSameFolder(expected, out);
        assertFalse(Files.exists(kept));
    }

    @Test
    void shouldRefuseTheCheckpointOfAnotherTraining() throws IOException {
        Path kept = folder.resolve("other");
        Path out = folder.resolve("other-models");
        end(kept, out, 5);
        long memory = DirectMemory.allocatedBytes();
        MillraceException e =
                assertThrows(
                        MillraceException.class,
                        () ->
                                Training.run(
                                        dataset,
                                        out,
                                        TrainingPlan.defaults(dataset, 2, 2),
                                        every(kept),
                                        ProgressListener.NONE));
        assertEquals(ErrorCode.MISMATCH, e.code());
        String message = "/towers.checkpoint, it has seed=1, asked is seed=2; ask for the same, or";
        assertTrue(e.getMessage().contains(message), e.getMessage());
        assertTrue(every(kept).isAnyThere(), "it is not the place of the other to delete it");
        Path file = kept.resolve("towers.checkpoint");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
        assertEquals(
                ErrorCode.CORRUPT_FILE,
                assertThrows(
                                MillraceException.class,
                                () ->
                                        Training.run(
                                                dataset,
                                                out,
                                                plan(2),
                                                every(kept),
                                                ProgressListener.NONE))
                        .code());
        assertEquals(memory, DirectMemory.allocatedBytes());
        assertFalse(Files.exists(out));
    }

    @Test
    void shouldKeepTheCheckpointWhenTheLossIsNoNumber() {
        RankerTrainingPlan plan = RankerTrainingPlan.defaults(1, 1, 2);
        Path kept = folder.resolve("wild");
        EndingListener listener = new EndingListener(5);
        TrainingRun run = TrainingRun.of("ranker", every(kept), listener);
        assertThrows(MillraceException.class, () -> RankerTrainer.train(dataset, plan, run));
        Path file = kept.resolve("ranker.checkpoint");
        makeWild(file);
        TrainingRun next = TrainingRun.of("ranker", every(kept), ProgressListener.NONE);
        long memory = DirectMemory.allocatedBytes();
        MillraceException e =
                assertThrows(
                        MillraceException.class, () -> RankerTrainer.train(dataset, plan, next));
        assertEquals(ErrorCode.INTERNAL, e.code());
        String expected =
                "loss of the ranker is no number: epoch=1, batch=6, rate=0.003; the last good"
                        + " checkpoint is kept: file="
                        + file
                        + "; the same command with a smaller --ranker-rate goes on from it";
        assertEquals(expected, e.getMessage());
        assertTrue(Files.exists(file));
        assertEquals(memory, DirectMemory.allocatedBytes());
    }

    /** Finite weights whose products are not. */
    private static void makeWild(Path file) {
        try (SectionFile saved = SectionFile.open(file, "TRAINING", 1);
                SectionFileWriter writer = SectionFileWriter.create(file, "TRAINING", 1)) {
            for (String name : saved.names()) {
                MemorySegment section = saved.section(name);
                if (name.startsWith("dense.") && name.endsWith(".weights")) {
                    float[] values = new float[(int) (section.byteSize() / Float.BYTES)];
                    Arrays.fill(values, Float.MAX_VALUE);
                    writer.floats(name, values);
                } else {
                    writer.section(name, section);
                }
            }
            writer.commit();
        }
    }

    @Test
    void shouldKeepNothingWhenItIsNotDue() {
        Path kept = folder.resolve("short");
        Checkpoints hourly = Checkpoints.in(kept, Duration.ofHours(1));
        assertThrows(
                MillraceException.class,
                () ->
                        Training.run(
                                dataset,
                                folder.resolve("short-models"),
                                plan(2),
                                hourly,
                                new EndingListener(60)));
        assertFalse(Files.exists(kept));
        assertFalse(hourly.isAnyThere());
    }

    @Test
    void shouldLeaveAloneWhatElseIsInItsFolder() throws IOException {
        Path kept = folder.resolve("shared");
        Files.createDirectory(kept);
        Files.writeString(kept.resolve("notes.txt"), "mine");
        Path out = folder.resolve("shared-models");
        end(kept, out, 5);
        Training.run(dataset, out, plan(2), every(kept), ProgressListener.NONE);
        assertEquals(List.of("notes.txt"), names(kept));
    }

    private static void end(Path kept, Path out, int notes) {
        assertThrows(
                MillraceException.class,
                () -> Training.run(dataset, out, plan(2), every(kept), new EndingListener(notes)));
    }

    /** A checkpoint after each batch. */
    private static Checkpoints every(Path path) {
        return Checkpoints.in(path, Duration.ZERO);
    }

    /** Towers, passes to choose from, two teachers and their student, a light ranker. */
    private static TrainingPlan plan(int threads) {
        return TrainingPlan.defaults(dataset, 1, threads).withTeachers(2).withPasses(2, true);
    }

    private static void assertSameFolder(Path expected, Path actual) throws IOException {
        List<String> names = names(expected);
        assertEquals(names, names(actual));
        for (String name : names) {
            long mismatch = Files.mismatch(expected.resolve(name), actual.resolve(name));
            assertEquals(-1, mismatch, name);
        }
    }

    private static List<String> names(Path path) throws IOException {
        try (Stream<Path> files = Files.list(path)) {
            List<String> names = new ArrayList<>();
            files.forEach(each -> names.add(each.getFileName().toString()));
            names.sort(null);
            return names;
        }
    }
}
