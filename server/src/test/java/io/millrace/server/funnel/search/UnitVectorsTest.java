package io.millrace.server.funnel.search;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.bundle.BundleManifest;
import io.millrace.index.GraphLayout;
import io.millrace.index.HnswFile;
import io.millrace.index.HnswIndex;
import io.millrace.ranker.factors.ItemFactors;
import io.millrace.ranker.rerank.ItemVectors;
import io.millrace.ranker.rerank.OwnVectors;
import io.millrace.ranker.retrieval.FactorRetrieval;
import io.millrace.ranker.retrieval.RetrievalModel;
import io.millrace.server.TinyBundle;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

class UnitVectorsTest {
    private static final int ITEMS = 60;

    @TempDir Path folder;

    /** The index has brought all rows to one length, of which likeness must show nothing. */
    @ParameterizedTest
    @EnumSource(GraphLayout.class)
    void shouldHoldTheAnglesOfFactorsOfAnyLength(GraphLayout layout) throws IOException {
        TinyBundle tiny = new TinyBundle(ITEMS, 5, layout);
        Path bundle = tiny.write(folder.resolve("bundle"));
        ItemFactors factors = tiny.retrieveByFactors(bundle);
        FactorRetrieval retrieval = new FactorRetrieval(factors, tiny.schema());
        float[] one = new float[TinyBundle.FACTORS];
        float[] other = new float[TinyBundle.FACTORS];
        try (HnswIndex index = HnswFile.open(bundle.resolve(BundleLayout.INDEX));
                UnitVectors unit = UnitVectors.of(index, retrieval, OwnVectors.NONE)) {
            ItemVectors vectors = unit.vectors();
            assertEquals(ITEMS, vectors.count());
            for (int i = 0; i < ITEMS; i++) {
                for (int j = 0; j < ITEMS; j++) {
                    factors.vectorInto(i, one);
                    factors.vectorInto(j, other);
                    double lengths = Math.sqrt(product(one, one) * product(other, other));
                    double expected = lengths == 0 ? 0 : product(one, other) / lengths;
                    assertEquals(expected, product(vectors, i, j), 1e-5, i + ", " + j);
                }
            }
            assertEquals(0, product(vectors, tiny.watched(0)[0], tiny.watched(0)[0]));
        }
    }

    /** Those of the towers, whatever factors and trend say. */
    @ParameterizedTest
    @EnumSource(GraphLayout.class)
    void shouldHoldTheAnglesOfTheTowersWhenRetrievingByABlend(GraphLayout layout)
            throws IOException {
        TinyBundle tiny = new TinyBundle(ITEMS, 5, layout);
        Path bundle = tiny.write(folder.resolve("bundle"));
        double[][] expected = new double[ITEMS][ITEMS];
        try (HnswIndex index = HnswFile.open(bundle.resolve(BundleLayout.INDEX))) {
            float[][] towers = new float[ITEMS][TinyBundle.DIMENSION];
            for (int i = 0; i < ITEMS; i++) {
                index.vectorInto(i, towers[i], 0);
                for (int j = 0; j <= i; j++) {
                    expected[i][j] = product(towers[i], towers[j]);
                }
            }
        }
        tiny.retrieveByBlend(bundle);
        try (HnswIndex index = HnswFile.open(bundle.resolve(BundleLayout.INDEX));
                RetrievalModel retrieval =
                        RetrievalModel.open(bundle, BundleManifest.verify(bundle), tiny.schema());
                UnitVectors unit = UnitVectors.of(index, retrieval, OwnVectors.NONE)) {
            assertEquals(TinyBundle.DIMENSION, unit.vectors().dimension());
            for (int i = 0; i < ITEMS; i++) {
                for (int j = 0; j <= i; j++) {
                    assertEquals(expected[i][j], product(unit.vectors(), i, j), 1e-5, i + ", " + j);
                }
            }
        }
    }

    private static double product(float[] one, float[] other) {
        double sum = 0;
        for (int i = 0; i < one.length; i++) {
            sum += (double) one[i] * other[i];
        }
        return sum;
    }

    private static double product(ItemVectors vectors, int one, int other) {
        double sum = 0;
        for (int i = 0; i < vectors.dimension(); i++) {
            sum += (double) number(vectors, one, i) * number(vectors, other, i);
        }
        return sum;
    }

    private static float number(ItemVectors vectors, int ordinal, int index) {
        return vectors.segment().get(ValueLayout.JAVA_FLOAT, vectors.offset(ordinal) + 4L * index);
    }
}
