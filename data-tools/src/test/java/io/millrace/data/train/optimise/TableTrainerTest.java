package io.millrace.data.train.optimise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.memory.DirectMemory;
import io.millrace.core.random.SplitRandom;
import io.millrace.core.simd.AdamStep;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.model.EmbeddingTable;

import org.junit.jupiter.api.Test;

import java.util.List;

final class TableTrainerTest {
    private static final int DIMENSION = 7;
    private static final double SQUARE_DECAY = 0.999;
    private static final float RATE = 1e-2f;

    @Test
    void shouldStepAsThePlainLoopDoes() {
        int rows = 30;
        try (EmbeddingTable table = table(rows);
                TableTrainer trainer = new TableTrainer(table)) {
            double[] weights = new double[rows * DIMENSION];
            for (int i = 0; i < weights.length; i++) {
                weights[i] = value(table, i);
            }
            double[] squares = new double[weights.length];
            boolean[] isTouched = new boolean[rows];
            AdamStep step = new AdamStep(0.9, SQUARE_DECAY);
            SplitRandom random = new SplitRandom(8);
            float l2 = 0.05f;
            for (int number = 1; number <= 40; number++) {
                double[] gradient = new double[weights.length];
                boolean[] isNow = new boolean[rows];
                for (int i = 0; i < 6; i++) {
                    // Row 29 stays as it is.
                    int id = random.nextInt(29);
                    float scale = 0.5f + random.nextFloat();
                    float[] added = gaussian(DIMENSION + 3, random);
                    trainer.add(id, scale, added, 3);
                    isNow[id] = true;
                    for (int d = 0; d < DIMENSION; d++) {
                        gradient[id * DIMENSION + d] += (double) scale * added[3 + d];
                    }
                }
                step.advance(RATE);
                trainer.apply(step, number, l2);
                for (int i = 0; i < weights.length; i++) {
                    squares[i] *= SQUARE_DECAY;
                    if (isNow[i / DIMENSION]) {
                        isTouched[i / DIMENSION] = true;
                        double g = gradient[i] + l2 * weights[i];
                        squares[i] += (1 - SQUARE_DECAY) * g * g;
                        double unbiased = squares[i] / (1 - Math.pow(SQUARE_DECAY, number));
                        weights[i] -= RATE * g / (Math.sqrt(unbiased) + 1e-8);
                    }
                    assertEquals(weights[i], value(table, i), 1e-4, "step=" + number + ", at=" + i);
                }
            }
            for (int id = 0; id < rows; id++) {
                assertEquals(isTouched[id], trainer.isTouched(id));
            }
            assertFalse(trainer.isTouched(29));
        }
    }

    @Test
    void shouldLearnTheSameBitsWhenTheTableIsCutIntoParts() {
        // More rows than the trainers have room for at first.
        int rows = 5_000;
        try (EmbeddingTable whole = table(rows);
                EmbeddingTable cut = table(rows);
                TableTrainer trainer = new TableTrainer(whole)) {
            List<TableTrainer> parts = TableTrainer.inParts(cut, 3);
            AdamStep step = new AdamStep(0.9, SQUARE_DECAY);
            SplitRandom random = new SplitRandom(9);
            for (int number = 1; number <= 3; number++) {
                step.advance(RATE);
                for (int i = 0; i < 6_000; i++) {
                    int id = random.nextInt(rows);
                    float[] gradient = gaussian(DIMENSION, random);
                    trainer.add(id, 1, gradient, 0);
                    int owners = 0;
                    for (TableTrainer part : parts) {
                        if (part.owns(id)) {
                            part.add(id, 1, gradient, 0);
                            owners++;
                        }
                    }
                    assertEquals(1, owners, "id=" + id);
                }
                trainer.apply(step, number, 0);
                for (TableTrainer part : parts.reversed()) {
                    part.apply(step, number, 0);
                }
                assertEquals(-1, whole.segment().mismatch(cut.segment()), "step=" + number);
            }
            parts.getFirst().close();
        }
    }

    @Test
    void shouldForgetGradientsWhenTheyWereApplied() {
        try (EmbeddingTable table = table(4);
                TableTrainer trainer = new TableTrainer(table)) {
            AdamStep step = new AdamStep(0.9, SQUARE_DECAY);
            step.advance(RATE);
            float before = value(table, 2 * DIMENSION);
            trainer.add(2, 1, gaussian(DIMENSION, new SplitRandom(1)), 0);
            trainer.apply(step, 1, 0);
            float after = value(table, 2 * DIMENSION);
            assertTrue(before != after);
            step.advance(RATE);
            trainer.apply(step, 2, 0);
            assertEquals(after, value(table, 2 * DIMENSION));
        }
    }

    @Test
    void shouldFreeItsMemoryWhenClosed() {
        try (EmbeddingTable table = table(100)) {
            long before = DirectMemory.allocatedBytes();
            new TableTrainer(table).close();
            TableTrainer.inParts(table, 4).getLast().close();
            assertEquals(before, DirectMemory.allocatedBytes());
        }
    }

    private static EmbeddingTable table(int rows) {
        EmbeddingTable table = new EmbeddingTable("table", rows, DIMENSION);
        table.fillGaussian(1, 5);
        return table;
    }

    private static float value(EmbeddingTable table, int index) {
        return table.segment().get(RowLayout.FLOAT, 4L * index);
    }

    private static float[] gaussian(int count, SplitRandom random) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
