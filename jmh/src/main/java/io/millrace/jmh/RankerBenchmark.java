package io.millrace.jmh;

import io.millrace.core.random.SplitRandom;
import io.millrace.ranker.dcn.DcnModel;
import io.millrace.ranker.dcn.DcnScorer;
import io.millrace.ranker.dcn.HalvesCandidateScorer;
import io.millrace.ranker.dcn.HeadValue;
import io.millrace.ranker.dcn.RankerHeads;
import io.millrace.ranker.dcn.ValueFormula;
import io.millrace.ranker.dcn.halves.DcnItemHalves;
import io.millrace.ranker.dcn.network.DcnShape;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.model.WeightType;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Scores the 500 candidates of a request with a ranker of the default shape, in microseconds per
 * request on one thread. Requests differ in user and candidates, and candidates lie at random over
 * all item rows.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@State(Scope.Thread)
public class RankerBenchmark {
    private static final int USERS = 1_000;
    private static final int REQUESTS = 64;
    private static final int CANDIDATES = 500;
    private static final float LEAST_SPREAD = 1e-3f;
    private static final float LARGEST_ERROR = 1e-6f;
    private static final RankerHeads HEADS = new RankerHeads(List.of("click", "long_view", "like"));

    /** Of halves that were rounded. */
    private static final float LARGEST_LOSS = 0.05f;

    /** Items, each with a row and an embedding. */
    @Param("100000")
    int rows;

    /** How the halves of the items are kept. */
    @Param({"F32", "BF16", "INT8"})
    WeightType halvesType;

    /** How the embeddings are kept: F32, BF16 or INT8. */
    @Param("F32")
    WeightType embeddings;

    /** What candidates are worth: a formula over click, long_view and like. */
    @Param("click")
    String formula;

    private final Arena arena = AtExit.close(Arena.ofShared());
    private final int[][] requests = new int[REQUESTS][CANDIDATES];
    private final float[] values = new float[CANDIDATES];
    private RowTable users;
    private RowTable items;
    private DcnScorer scorer;
    private HalvesCandidateScorer halvesScorer;
    private MemorySegment context;
    private int next;

    /**
     * Makes a model and rows, and holds scores of a request against those one by one.
     *
     * @throws IOException when the model's file cannot be made.
     */
    @Setup
    public void prepare() throws IOException {
        Expect.servingOptions();
        FeatureWorld world = new FeatureWorld(USERS, rows);
        users = AtExit.close(world.users());
        items = AtExit.close(world.items());
        DcnModel model = AtExit.close(model(world.schema()));
        HeadValue value = ValueFormula.parse(formula).of(HEADS);
        scorer = model.newScorer(CANDIDATES, MemorySegment.NULL, value);
        DcnItemHalves halves = AtExit.close(model.newItemHalves(rows, halvesType));
        for (int row = 0; row < rows; row++) {
            halves.set(model.input().item(), items.segment(), items.layout().rowBytes(), row, 1);
        }
        halvesScorer = new HalvesCandidateScorer(model, halves, MemorySegment.NULL, value);
        context = arena.allocate(world.schema().layout(FeatureScope.CONTEXT).rowBytes(), 64);
        world.fillContext(context);
        SplitRandom random = new SplitRandom(29);
        for (int[] candidates : requests) {
            for (int i = 0; i < CANDIDATES; i++) {
                candidates[i] = random.nextInt(rows);
            }
        }
        verify();
    }

    /** A ranker that comes out of a file, as it does in serving. */
    private DcnModel model(FeatureSchema schema) throws IOException {
        Path file = Files.createTempFile("ranker", ".weights");
        try (DcnModel initial = DcnModel.initial(schema, DcnShape.DEFAULT, HEADS, 5)) {
            // Those of an untrained model are so near zero that scores would hardly differ.
            initial.input().tables().values().forEach(table -> table.fillGaussian(0.5, 7));
            initial.save(file, embeddings);
            return DcnModel.load(file, schema);
        } finally {
            Files.delete(file);
        }
    }

    /**
     * One request.
     *
     * @return what its candidates are worth.
     */
    @Benchmark
    public float[] score() {
        next = (next + 1) % REQUESTS;
        score(next, requests[next], CANDIDATES, values);
        return values;
    }

    /**
     * One request, with the halves of the items computed before.
     *
     * @return what its candidates are worth.
     */
    @Benchmark
    public float[] scoreByHalves() {
        next = (next + 1) % REQUESTS;
        scoreByHalves(next, values);
        return values;
    }

    private void scoreByHalves(int request, float[] target) {
        halvesScorer.valuesInto(
                users.segment(),
                users.offset(request),
                context,
                0,
                items.segment(),
                items.layout().rowBytes(),
                requests[request],
                CANDIDATES,
                target);
    }

    private void score(int user, int[] ordinals, int count, float[] target) {
        scorer.scoreInto(
                users.segment(),
                users.offset(user),
                context,
                0,
                items.segment(),
                items.layout().rowBytes(),
                ordinals,
                count,
                target);
    }

    private void verify() {
        // Of several heads the errors add up.
        float terms = formula.split("\\+", -1).length;
        float largest = terms * (halvesType == WeightType.F32 ? LARGEST_ERROR : LARGEST_LOSS);
        boolean isProbability = formula.equals(RankerHeads.CLICK);
        float[] alone = new float[1];
        float[] one = new float[CANDIDATES];
        int[] ordinal = new int[1];
        for (int request = 0; request < REQUESTS; request += 8) {
            score(request, requests[request], CANDIDATES, values);
            float least = 1;
            float most = 0;
            for (int i = 0; i < CANDIDATES; i++) {
                ordinal[0] = requests[request][i];
                score(request, ordinal, 1, alone);
                one[i] = alone[0];
                least = Math.min(least, values[i]);
                most = Math.max(most, values[i]);
            }
            Expect.same(one, values, "scores");
            scoreByHalves(request, one);
            for (int i = 0; i < CANDIDATES; i++) {
                Expect.that(
                        Math.abs(one[i] - values[i]) < largest,
                        "wrong score by halves: candidate %d",
                        i);
            }
            Expect.that(
                    least > 0 && (most < 1 || !isProbability) && most - least > LEAST_SPREAD,
                    "scores without a spread: least=%s, most=%s",
                    least,
                    most);
        }
    }
}
