package io.millrace.jmh;

import io.millrace.core.random.SplitRandom;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.tower.ItemTower;
import io.millrace.ranker.tower.QueryTower;
import io.millrace.ranker.tower.TowerShape;
import io.millrace.ranker.tower.TwoTowerModel;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.util.concurrent.TimeUnit;

/**
 * Makes the vector of a user out of a history of 50 items, as each request does, and that of an
 * item, as a build does for all of them and an upsert for one; in microseconds for each, on one
 * thread. Users and items come at random, their embeddings lie all over the table.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@State(Scope.Thread)
public class TowerBenchmark {
    private static final int USERS = 10_000;
    private static final double LARGEST_ERROR = 1e-5;

    /** Items, each with a row and an embedding. */
    @Param("100000")
    int rows;

    private final SplitRandom random = new SplitRandom(61);
    private RowTable users;
    private RowTable items;
    private QueryTower query;
    private ItemTower item;
    private float[] vector;
    private float[] vectors;

    /** Makes towers and rows, and looks whether vectors are of length 1 and differ. */
    @Setup
    public void prepare() {
        Expect.servingOptions();
        FeatureWorld world = FeatureWorld.ofTowers(USERS, rows);
        users = AtExit.close(world.users());
        items = AtExit.close(world.items());
        TwoTowerModel model =
                AtExit.close(TwoTowerModel.initial(world.schema(), TowerShape.DEFAULT, 5));
        query = model.newQueryTower();
        item = model.newItemTower();
        vector = new float[query.dimension()];
        vectors = new float[ItemTower.BATCH * item.dimension()];
        verify();
    }

    private void verify() {
        query.embedInto(users.segment(), users.offset(1), vector);
        float[] other = vector.clone();
        expectUnit(other);
        query.embedInto(users.segment(), users.offset(2), vector);
        expectUnit(vector);
        Expect.that(product(vector, other) < 1 - LARGEST_ERROR, "users have the same vector");
        item.embedInto(items.segment(), items.offset(7), vector);
        item.embedInto(items, 0, ItemTower.BATCH, vectors, 0);
        for (int i = 0; i < vector.length; i++) {
            other[i] = vectors[7 * vector.length + i];
        }
        expectUnit(vector);
        Expect.that(
                Math.abs(product(vector, other) - 1) < LARGEST_ERROR,
                "an item among others has another vector");
    }

    private static void expectUnit(float[] vector) {
        double length = product(vector, vector);
        Expect.that(Math.abs(length - 1) < LARGEST_ERROR, "no unit vector: square=%s", length);
    }

    private static double product(float[] one, float[] other) {
        double sum = 0;
        for (int i = 0; i < one.length; i++) {
            sum += (double) one[i] * other[i];
        }
        return sum;
    }

    /**
     * The vector of a user.
     *
     * @return the vector.
     */
    @Benchmark
    public float[] user() {
        query.embedInto(users.segment(), users.offset(random.nextInt(USERS)), vector);
        return vector;
    }

    /**
     * The vector of an item.
     *
     * @return the vector.
     */
    @Benchmark
    public float[] item() {
        item.embedInto(items.segment(), items.offset(random.nextInt(rows)), vector);
        return vector;
    }

    /**
     * Vectors of as many items as go through the tower together.
     *
     * @return the vectors.
     */
    @Benchmark
    @OperationsPerInvocation(ItemTower.BATCH)
    public float[] itemOfABatch() {
        item.embedInto(items, random.nextInt(rows - ItemTower.BATCH), ItemTower.BATCH, vectors, 0);
        return vectors;
    }
}
