package io.millrace.ranker.factors;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GramTest {
    /** Dimensions around the parts it is made in, counts around the chunks. */
    @ParameterizedTest
    @CsvSource({"1, 3", "15, 40", "16, 1024", "17, 1025", "40, 2100"})
    void shouldSumAsThePlainLoopDoes(int dimension, int count) {
        float[] vectors = FactorWorld.gaussians(dimension * count, dimension);
        float[] gram = Gram.of(vectors, dimension, 0.5f);
        assertEquals(dimension * dimension, gram.length);
        for (int row = 0; row < dimension; row++) {
            for (int column = 0; column < dimension; column++) {
                double sum = 0;
                for (int i = 0; i < vectors.length; i += dimension) {
                    sum += 0.5 * vectors[i + row] * vectors[i + column];
                }
                assertEquals(
                        sum, gram[row * dimension + column], 1e-5 * count, row + ", " + column);
            }
        }
    }

    @Test
    void shouldBeZeroWhenThereAreNoVectors() {
        float[] gram = Gram.of(new float[0], 3, 1);
        for (float element : gram) {
            assertEquals(0, element);
        }
    }
}
