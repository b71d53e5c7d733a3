package io.millrace.ranker.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.core.random.SplitRandom;
import io.millrace.ranker.AllocationProbe;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowTable;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.List;
import java.util.Map;

/** Tags with weights as models see them. */
final class WeightedInputTest {
    private static final int ROWS = 50;
    private static final int MOST = 5;
    private static final int IDS = 20;
    private static final int DIMENSION = 7;
    private static final FeatureField MOODS =
            FeatureField.weightedTags(FeatureScope.ITEM, "moods", IDS, MOST);
    private static final FeatureField ID = FeatureField.categorical(FeatureScope.ITEM, "id", 9);
    private static final FeatureSchema SCHEMA =
            new FeatureSchema(FeatureSchema.FORMAT, "x", 0, List.of(ID, MOODS), Map.of());

    private final int[][] tags = new int[ROWS][];
    private final float[][] weights = new float[ROWS][];
    private final RowTable rows;

    WeightedInputTest() {
        SplitRandom random = new SplitRandom(3);
        try (RowTable.Builder builder = RowTable.builder(SCHEMA.layout(FeatureScope.ITEM), ROWS)) {
            for (int row = 0; row < ROWS; row++) {
                tags[row] = new int[row % (MOST + 1)];
                weights[row] = new float[tags[row].length];
                for (int i = 0; i < tags[row].length; i++) {
                    tags[row][i] = random.nextInt(IDS);
                    weights[row][i] = random.nextInt(4) == 0 ? 0 : 10 * random.nextFloat();
                }
                builder.append(row);
                builder.weightedTags(MOODS, tags[row], weights[row]);
            }
            rows = builder.build();
        }
    }

    @AfterEach
    void close() {
        rows.close();
    }

    @ParameterizedTest
    @EnumSource(WeightType.class)
    void shouldBeTheWeightedMeanOfAPlainLoop(WeightType type) {
        try (EmbeddingTable exact = new EmbeddingTable("moods", IDS, DIMENSION)) {
            exact.fillGaussian(1, 5);
            try (EmbeddingTable table = exact.as(type)) {
                FeatureInput input = input(table);
                float[] gathered = new float[input.width()];
                float[] vector = new float[DIMENSION];
                for (int row = 0; row < ROWS; row++) {
                    double[] mean = new double[DIMENSION];
                    double sum = 0;
                    for (int i = 0; i < tags[row].length; i++) {
                        table.copyInto(tags[row][i], vector, 0);
                        for (int k = 0; k < DIMENSION; k++) {
                            mean[k] += (double) weights[row][i] * vector[k];
                        }
                        sum += weights[row][i];
                    }
                    input.gatherInto(rows.segment(), rows.offset(row), gathered, 0);
                    for (int k = 0; k < DIMENSION; k++) {
                        double expected = sum == 0 ? 0 : mean[k] / sum;
                        assertEquals(expected, gathered[k], 1e-6, "row " + row);
                    }
                }
            }
        }
    }

    /** What a trainer brings back to each embedding is what the embedding has in the mean. */
    @Test
    void shouldTellTheSharesItGathersWith() {
        try (EmbeddingTable table = new EmbeddingTable("moods", IDS, DIMENSION)) {
            table.fillGaussian(1, 5);
            FeatureInput input = input(table);
            float[] gathered = new float[input.width()];
            for (int row = 0; row < ROWS; row++) {
                long offset = rows.offset(row);
                float[] sum = new float[DIMENSION];
                for (int i = 0; i < input.idCount(0, rows.segment(), offset); i++) {
                    float share = input.share(0, i, rows.segment(), offset);
                    table.addInto(input.id(0, i, rows.segment(), offset), share, sum, 0);
                }
                input.gatherInto(rows.segment(), offset, gathered, 0);
                assertArrayEquals(sum, gathered, "row " + row);
            }
        }
    }

    @Test
    void shouldAllocateNothingWhenGathered() {
        try (EmbeddingTable table = new EmbeddingTable("moods", IDS, DIMENSION)) {
            FeatureInput input = input(table);
            float[] gathered = new float[input.width()];
            long least =
                    AllocationProbe.leastBytes(
                            1_000,
                            () -> {
                                for (int row = 0; row < MOST; row++) {
                                    input.gatherInto(rows.segment(), rows.offset(row), gathered, 0);
                                }
                            });
            assertEquals(0, least);
        }
    }

    private static FeatureInput input(EmbeddingTable table) {
        return new FeatureInput(SCHEMA.layout(FeatureScope.ITEM), List.of(MOODS), List.of(table));
    }
}
