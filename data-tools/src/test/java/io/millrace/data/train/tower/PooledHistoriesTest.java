package io.millrace.data.train.tower;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.core.random.SplitRandom;
import io.millrace.core.simd.AdamStep;
import io.millrace.data.train.optimise.TableTrainer;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.model.EmbeddingTable;
import io.millrace.ranker.tower.TowerShape;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.List;

final class PooledHistoriesTest {
    private static final int DIMENSION = 5;

    /** User and position of each row: a newcomer, one item, all items, and one position twice. */
    private static final int[][] ROWS = {
        {3, 1}, {3, 4}, {3, 8}, {0, 0}, {0, 0}, {2, 3}, {1, 0}, {0, 1}, {0, 1}, {0, 6}, {4, 2}
    };

    private static final int WIDTH = 2 * DIMENSION + 3;
    private static final float TINY = 1e-14f;

    private final TowerWorld world = new TowerWorld(new TowerShape(DIMENSION, 8, 4));
    private final PooledHistories pooled = new PooledHistories(world.model);
    private final EmbeddingTable items = world.model.items();
    private final TowerBatch batch = new TowerBatch(16, 0);

    @BeforeEach
    void fill() {
        for (int[] row : ROWS) {
            batch.add(row[0], row[1], 2, false, 1, 0);
        }
        batch.close();
    }

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void shouldGatherTheMeansOfWhatCameBefore() {
        float[] inputs = new float[ROWS.length * WIDTH];
        TowerWorld.fillGaussian(inputs, new SplitRandom(1));
        float[] before = inputs.clone();
        pooled.gather(world.users, batch, 0, batch.groups(), inputs, WIDTH);
        double[][] shares = shares();
        for (int row = 0; row < ROWS.length; row++) {
            for (int i = 0; i < WIDTH; i++) {
                int at = row * WIDTH + i;
                if (i >= 2 * DIMENSION) {
                    assertEquals(before[at], inputs[at], "touched what is not its own");
                    continue;
                }
                double expected = 0;
                for (int id = 0; id < items.rows(); id++) {
                    double share = shares[row][2 * id + i / DIMENSION];
                    expected += share * value(items, id, i % DIMENSION);
                }
                assertEquals(expected, inputs[at], 1e-7, "row=" + row + ", index=" + i);
            }
        }
    }

    @Test
    void shouldScatterWithTheTransposeOfWhatItGathersWith() {
        float[] gradients = new float[ROWS.length * WIDTH];
        TowerWorld.fillGaussian(gradients, new SplitRandom(2));
        double[][] shares = shares();
        for (int parts : new int[] {1, 3}) {
            float[] sums = scatter(gradients, parts);
            for (int id = 0; id < items.rows(); id++) {
                for (int i = 0; i < DIMENSION; i++) {
                    double expected = 0;
                    for (int row = 0; row < ROWS.length; row++) {
                        int at = row * WIDTH + i;
                        expected += shares[row][2 * id] * gradients[at];
                        expected += shares[row][2 * id + 1] * gradients[at + DIMENSION];
                    }
                    assertEquals(expected, sums[id * DIMENSION + i], 2e-5, "id=" + id);
                }
            }
        }
    }

    @Test
    void shouldGatherTheSameBitsWhenUsersAreSharedOut() {
        float[] whole = new float[ROWS.length * WIDTH];
        pooled.gather(world.users, batch, 0, batch.groups(), whole, WIDTH);
        float[] pieces = new float[ROWS.length * WIDTH];
        for (int group = batch.groups() - 1; group >= 0; group--) {
            pooled.gather(world.users, batch, group, group + 1, pieces, WIDTH);
        }
        assertArrayEquals(whole, pieces);
    }

    @Test
    void shouldGatherWhatServingGathersWhenTheWholeHistoryCameBefore() {
        float[] served = new float[2 * DIMENSION];
        for (int user = 0; user < TowerWorld.HISTORIES.length; user++) {
            batch.clear();
            batch.add(user, TowerWorld.HISTORIES[user].length, 2, false, 1, 0);
            batch.close();
            float[] trained = new float[2 * DIMENSION];
            pooled.gather(world.users, batch, 0, 1, trained, 2 * DIMENSION);
            long offset = world.users.offset(user);
            world.model.history().gatherInto(world.users.segment(), offset, served, 0);
            assertArrayEquals(served, trained, "user=" + user);
        }
    }

    /** Share of each item in both means of each row: item by item, all views, then long ones. */
    private double[][] shares() {
        double[][] shares = new double[ROWS.length][2 * items.rows()];
        for (int row = 0; row < ROWS.length; row++) {
            int user = ROWS[row][0];
            int position = ROWS[row][1];
            int longCount = 0;
            for (int i = 0; i < position; i++) {
                longCount += TowerWorld.isLong(user, TowerWorld.HISTORIES[user][i]) ? 1 : 0;
            }
            for (int i = 0; i < position; i++) {
                int item = TowerWorld.HISTORIES[user][i];
                shares[row][2 * item] += 1.0 / position;
                if (TowerWorld.isLong(user, item)) {
                    shares[row][2 * item + 1] += 1.0 / longCount;
                }
            }
        }
        return shares;
    }

    /**
     * The sums of a scatter. They are read off a step on a table of zeros: gradients so small drown
     * in Adam's epsilon, which makes the step a multiple of them.
     */
    private float[] scatter(float[] gradients, int parts) {
        float[] small = gradients.clone();
        for (int i = 0; i < small.length; i++) {
            small[i] *= TINY;
        }
        AdamStep step = new AdamStep(0.9, 0.999);
        step.advance(1e-8f / TINY);
        float[] sums = new float[items.rows() * DIMENSION];
        try (EmbeddingTable zeros = new EmbeddingTable("item", items.rows(), DIMENSION)) {
            List<TableTrainer> trainers = TableTrainer.inParts(zeros, parts);
            for (TableTrainer trainer : trainers) {
                pooled.scatter(world.users, batch, small, WIDTH, trainer);
                trainer.apply(step, 1, 0);
            }
            for (int i = 0; i < sums.length; i++) {
                sums[i] = -value(zeros, i / DIMENSION, i % DIMENSION);
            }
            trainers.getFirst().close();
        }
        return sums;
    }

    private static float value(EmbeddingTable table, int id, int index) {
        return table.segment().get(RowLayout.FLOAT, table.offset(id) + 4L * index);
    }
}
