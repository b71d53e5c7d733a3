package io.millrace.data.train.ranker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.memory.DirectMemory;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;
import io.millrace.ranker.dcn.network.DcnShape;
import io.millrace.ranker.dcn.network.DcnStructure;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

final class EarlyStoppingTest {
    private static final int MOST = 12;
    private static final ImpressionWorld WORLD = new ImpressionWorld();

    @TempDir private static Path folder;
    private static Dataset dataset;

    @BeforeAll
    static void write() {
        WORLD.write(folder.resolve("world"), ImpressionWorld.LAWFUL);
        dataset = Dataset.open(folder.resolve("world"));
    }

    @AfterAll
    static void close() {
        dataset.close();
    }

    /** The same bits as by as many passes as a loop over reports finds best. */
    @Test
    void shouldLearnFromAllDaysInAsManyPassesAsTheLastDayWants() throws IOException {
        RankerTrainingPlan plan = plan();
        int best = 1;
        double least = heldOut(plan.withPasses(1, false));
        for (int passes = 2; passes <= MOST && best == passes - 1; passes++) {
            double loss = heldOut(plan.withPasses(passes, false));
            if (loss < least) {
                least = loss;
                best = passes;
            }
        }
        assertTrue(best > 1 && best < MOST, "passes: " + best);
        Path chosen = saved("chosen", plan.withPasses(MOST, true), best);
        Path known = saved("known", plan.withPasses(best, false), best);
        assertEquals(-1, Files.mismatch(chosen, known));
    }

    @Test
    void shouldTakeAllPassesWhenEachIsBetter() throws IOException {
        Path chosen = saved("two", plan().withPasses(2, true), 2);
        Path known = saved("two known", plan().withPasses(2, false), 2);
        assertEquals(-1, Files.mismatch(chosen, known));
    }

    @Test
    void shouldRefuseWhenThereIsNothingToStop() {
        MillraceException e =
                assertThrows(MillraceException.class, () -> plan().withPasses(1, true));
        assertEquals(ErrorCode.USAGE, e.code());
        assertTrue(e.getMessage().contains("--passes"), e.getMessage());
    }

    @Test
    void shouldRefuseWhenAllImpressionsAreOfOneDay() {
        Path path = folder.resolve("day");
        WORLD.write(
                path,
                (events, event, isClick) -> {
                    events.setImpression(event, 0, 0, event);
                    ImpressionWorld.LAWFUL.set(events, event, isClick);
                });
        long before = DirectMemory.allocatedBytes();
        try (Dataset day = Dataset.open(path)) {
            MillraceException e =
                    assertThrows(
                            MillraceException.class,
                            () ->
                                    RankerTrainer.train(
                                            day,
                                            plan().withPasses(2, true),
                                            ProgressListener.NONE));
            assertEquals(ErrorCode.BAD_INPUT, e.code());
            assertTrue(e.getMessage().contains("all of one day"), e.getMessage());
        }
        assertEquals(before, DirectMemory.allocatedBytes());
    }

    private static double heldOut(RankerTrainingPlan plan) {
        RankerTrainer.Trained trained = train(plan.withLastDayHeldOut());
        trained.model().close();
        return trained.report().heldOut().logLoss();
    }

    private static Path saved(String name, RankerTrainingPlan plan, int passes) {
        Path path = folder.resolve(name);
        RankerTrainer.Trained trained = train(plan);
        assertEquals((long) passes * ImpressionWorld.EVENTS, trained.report().events());
        trained.model().save(path);
        trained.model().close();
        return path;
    }

    private static RankerTrainer.Trained train(RankerTrainingPlan plan) {
        return RankerTrainer.train(dataset, plan, ProgressListener.NONE);
    }

    private static RankerTrainingPlan plan() {
        DcnShape shape = new DcnShape(4, 1, 0, DcnStructure.PARALLEL, List.of(16));
        return new RankerTrainingPlan(
                shape, 1, false, 50, 5e-3f, 1e-5f, 0.1f, LabelWeights.DEFAULT, 0, 6, false, 1, 2);
    }
}
