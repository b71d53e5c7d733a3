package io.millrace.data.train.tower;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.random.SplitRandom;
import io.millrace.data.train.optimise.Shards;
import io.millrace.ranker.tower.TowerShape;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class SampledSoftmaxTest {
    private static final int CAPACITY = 80;
    private static final int NEGATIVES = 40;
    private static final int COLUMN_ROOM = SampledSoftmax.columnRoom(CAPACITY, NEGATIVES);
    private static final int DIMENSION = 8;
    private static final float SCALE = 7.5f;
    private static final double STEP = 1e-5;

    private final TowerWorld world = new TowerWorld(new TowerShape(DIMENSION, 12, 4));
    private final NetworkTrainer queries = new NetworkTrainer(world.model.queryNetwork(), CAPACITY);
    private final NetworkTrainer items = new NetworkTrainer(world.model.itemNetwork(), COLUMN_ROOM);
    private final TowerBatch batch = new TowerBatch(CAPACITY, NEGATIVES);
    private final float[] rawWeights = new float[CAPACITY];

    @AfterEach
    void close() {
        world.close();
    }

    /** The loss as the package says it, every number by itself. */
    private double plainLoss(double[] query, double[] item, double logScale) {
        double weightSum = 0;
        double loss = 0;
        for (int i = 0; i < batch.rows(); i++) {
            weightSum += rawWeights[i];
            double own = logit(query, item, i, i, logScale);
            double sum = 0;
            for (int j = 0; j < batch.columns(); j++) {
                if (i == j || isNegative(i, j)) {
                    sum += Math.exp(logit(query, item, i, j, logScale) - own);
                }
            }
            loss += rawWeights[i] * Math.log(sum);
        }
        return loss / weightSum;
    }

    private boolean isNegative(int row, int column) {
        return column < batch.rows()
                ? batch.user(row) != batch.user(column) && batch.item(row) != batch.item(column)
                : !TowerWorld.isWatched(batch.user(row), batch.item(column));
    }

    private double logit(double[] query, double[] item, int i, int j, double logScale) {
        double cosine = 0;
        for (int d = 0; d < DIMENSION; d++) {
            cosine += query[i * DIMENSION + d] * item[j * DIMENSION + d];
        }
        return Math.exp(logScale) * cosine - batch.corrections()[j];
    }

    @Test
    void shouldHaveTheLossAndTheSlopesOfThePlainLoopWhenUsersAndItemsRepeat() {
        fill(70, 3);
        assertLossAndSlopes();
    }

    @Test
    void shouldHaveTheLossAndTheSlopesOfThePlainLoopWhenThereAreFurtherNegatives() {
        fillFurther(7);
        int further = batch.columns() - batch.rows();
        // More than one panel, not a whole one, and users of whom some are no negatives.
        assertTrue(batch.columns() > 64 && batch.columns() < 80, "columns=" + batch.columns());
        assertTrue(batch.excludedStart(batch.groups()) > 8 && further > 20, "further=" + further);
        assertLossAndSlopes();
        SampledSoftmax.Result whole = softmax(1).lossAndGradients(queries, items, batch, SCALE);
        float[] item = items.outputGradients.clone();
        assertEquals(whole, softmax(3).lossAndGradients(queries, items, batch, SCALE));
        assertArrayEquals(item, items.outputGradients);
    }

    private void assertLossAndSlopes() {
        SampledSoftmax.Result result = softmax(1).lossAndGradients(queries, items, batch, SCALE);
        double[] query = wide(queries.outputs);
        double[] item = wide(items.outputs);
        double logScale = Math.log(SCALE);
        assertEquals(plainLoss(query, item, logScale), result.loss(), 1e-5);
        double slope =
                plainLoss(query, item, logScale + STEP) - plainLoss(query, item, logScale - STEP);
        assertEquals(slope / (2 * STEP), result.scaleGradient(), 1e-5);
        assertSlopes(batch.rows(), query, queries.outputGradients, query, item);
        assertSlopes(batch.columns(), item, items.outputGradients, query, item);
    }

    /** Moves each number of one of the sides and looks how the loss follows. */
    private void assertSlopes(
            int vectors, double[] moved, float[] gradients, double[] query, double[] item) {
        double logScale = Math.log(SCALE);
        for (int i = 0; i < vectors * DIMENSION; i++) {
            double before = moved[i];
            moved[i] = before + STEP;
            double above = plainLoss(query, item, logScale);
            moved[i] = before - STEP;
            double below = plainLoss(query, item, logScale);
            moved[i] = before;
            assertEquals((above - below) / (2 * STEP), gradients[i], 2e-6, "index=" + i);
        }
    }

    @Test
    void shouldTakeNeitherItemsOfTheUserNorTheSameItemAsNegatives() {
        add(0, 10, 1, -1);
        add(0, 11, 1, -2);
        add(1, 10, 2, -3);
        batch.close();
        directions(0, 0, 1);
        SampledSoftmax.Result result = softmax(1).lossAndGradients(queries, items, batch, 2);
        // Row 0 has no negative at all; rows 1 and 2 have only each other.
        double second = Math.log1p(Math.exp((2 * 0 + 3) - (2 * 1 + 2)));
        double third = Math.log1p(Math.exp((2 * 0 + 2) - (2 * 1 + 3)));
        assertEquals((second + 2 * third) / 4, result.loss(), 1e-6);
        for (int d = 0; d < DIMENSION; d++) {
            assertEquals(0, queries.outputGradients[d], 1e-30f);
            assertEquals(0, items.outputGradients[d], 1e-30f);
        }
    }

    @Test
    void shouldGiveTheSameBitsWhenCutIntoMoreShards() {
        fill(70, 4);
        SampledSoftmax.Result whole = softmax(1).lossAndGradients(queries, items, batch, SCALE);
        float[] query = queries.outputGradients.clone();
        float[] item = items.outputGradients.clone();
        for (int shards = 2; shards <= 5; shards++) {
            assertEquals(whole, softmax(shards).lossAndGradients(queries, items, batch, SCALE));
            assertArrayEquals(query, queries.outputGradients);
            assertArrayEquals(item, items.outputGradients);
        }
    }

    @Test
    void shouldRememberNothingWhenTheBatchBeforeWasLarger() {
        SampledSoftmax used = softmax(1);
        fill(77, 5);
        used.lossAndGradients(queries, items, batch, SCALE);
        fill(19, 6);
        SampledSoftmax.Result second = used.lossAndGradients(queries, items, batch, SCALE);
        float[] query = queries.outputGradients.clone();
        assertEquals(second, softmax(1).lossAndGradients(queries, items, batch, SCALE));
        assertArrayEquals(query, queries.outputGradients);
        assertEquals(
                plainLoss(wide(queries.outputs), wide(items.outputs), Math.log(SCALE)),
                second.loss(),
                1e-5);
    }

    private SampledSoftmax softmax(int shards) {
        return new SampledSoftmax(CAPACITY, NEGATIVES, DIMENSION, new Shards(shards));
    }

    /** Groups of one to four rows a user, items that many of them have, random unit vectors. */
    private void fill(int rows, long seed) {
        SplitRandom random = new SplitRandom(seed);
        batch.clear();
        int user = 0;
        int left = 1;
        for (int row = 0; row < rows; row++) {
            if (left-- == 0) {
                user++;
                left = random.nextInt(4);
            }
            float weight = random.nextInt(2) == 0 ? 1 : 0.3f;
            add(user, 2 + random.nextInt(15), weight, -5 * random.nextFloat());
        }
        batch.close();
        fillUnit(queries.outputs, random);
        fillUnit(items.outputs, random);
    }

    /** Rows of all users that have watched something, and all items as further negatives. */
    private void fillFurther(long seed) {
        SplitRandom random = new SplitRandom(seed);
        batch.clear();
        for (int user = 0; user < TowerWorld.HISTORIES.length; user++) {
            for (int i = 0; i < (TowerWorld.HISTORIES[user].length == 0 ? 0 : 9); i++) {
                add(user, 2 + random.nextInt(10), 1 - 0.1f * i, -5 * random.nextFloat());
            }
        }
        batch.close();
        for (int item = 2; item < TowerWorld.ITEMS + 2; item++) {
            batch.addNegative(item, false, -5 * random.nextFloat());
        }
        batch.excludeWatched(world.users, world.model.history());
        fillUnit(queries.outputs, random);
        fillUnit(items.outputs, random);
    }

    private void add(int user, int item, float weight, float correction) {
        rawWeights[batch.rows()] = weight;
        batch.add(user, 0, item, false, weight, correction);
    }

    /** Query and item of a row point the same way, along one axis. */
    private void directions(int... axes) {
        for (int row = 0; row < axes.length; row++) {
            queries.outputs[row * DIMENSION + axes[row]] = 1;
            items.outputs[row * DIMENSION + axes[row]] = 1;
        }
    }

    private static void fillUnit(float[] vectors, SplitRandom random) {
        TowerWorld.fillGaussian(vectors, random);
        for (int at = 0; at < vectors.length; at += DIMENSION) {
            double square = 0;
            for (int i = at; i < at + DIMENSION; i++) {
                square += (double) vectors[i] * vectors[i];
            }
            for (int i = at; i < at + DIMENSION; i++) {
                vectors[i] /= (float) Math.sqrt(square);
            }
        }
    }

    private static double[] wide(float[] values) {
        double[] result = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = values[i];
        }
        return result;
    }
}
