package io.millrace.server.living;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.random.SplitRandom;
import io.millrace.index.GraphLayout;
import io.millrace.index.HnswBuilder;
import io.millrace.index.HnswIndex;
import io.millrace.index.HnswParameters;
import io.millrace.index.HnswReader;
import io.millrace.index.Metric;
import io.millrace.index.MutableHnswIndex;
import io.millrace.index.VectorSet;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;

/** Slots that are promised and given, and how they come into a graph. */
class UpsertedItemsTest {
    private static final int ITEMS = 50;
    private static final int DIMENSION = 8;
    private static final long NEW = 1_000;

    private final SplitRandom random = new SplitRandom(3);
    private HnswIndex index = index(Metric.COSINE, 1);

    @AfterEach
    void close() {
        index.close();
    }

    private HnswIndex index(Metric metric, float length) {
        try (VectorSet rows = VectorSet.allocate(ITEMS, DIMENSION)) {
            for (int i = 0; i < ITEMS; i++) {
                rows.set(i, vector(length), 0);
            }
            return HnswBuilder.build(
                    rows,
                    LongStream.range(0, ITEMS).toArray(),
                    HnswParameters.defaults(metric).withLayout(GraphLayout.F32),
                    ProgressListener.NONE);
        }
    }

    private float[] vector(float longest) {
        float[] vector = new float[DIMENSION];
        float squares = 0;
        for (int i = 0; i < DIMENSION; i++) {
            vector[i] = (float) random.nextGaussian();
            squares += vector[i] * vector[i];
        }
        float scale = longest * (0.5f + random.nextInt(50) / 100f) / (float) Math.sqrt(squares);
        for (int i = 0; i < DIMENSION; i++) {
            vector[i] *= scale;
        }
        return vector;
    }

    @Test
    void shouldPromiseNoMoreThanThereAre() {
        UpsertedItems items = new UpsertedItems(index, 3);
        assertTrue(items.promise(NEW));
        assertTrue(items.promise(NEW));
        assertTrue(items.promise(7));
        assertEquals(ITEMS, items.ordinalAt(items.reserve(NEW)));
        assertTrue(items.promise(NEW + 1));
        assertFalse(items.promise(NEW + 2));
        assertTrue(items.promise(NEW));
        items.release(NEW + 1);
        assertTrue(items.promise(NEW + 2));
        // Of two that want it one is refused, and the other still has it.
        assertTrue(items.promise(NEW + 2));
        items.release(NEW + 2);
        assertFalse(items.promise(NEW + 3));
        assertEquals(7, items.ordinalAt(items.reserve(7)));
        assertEquals(ITEMS + 2, items.ordinalAt(items.reserve(NEW + 2)));
        // Promises that were kept are not taken back.
        items.release(NEW);
        items.release(NEW + 2);
        assertFalse(items.promise(NEW + 3));
        assertThrows(MillraceException.class, () -> items.reserve(NEW + 3));
    }

    @Test
    void shouldStayLooseWhenItHasChangedMeanwhile() {
        UpsertedItems items = new UpsertedItems(index, 200);
        int last = 0;
        for (int i = 0; i < 130; i++) {
            last = items.reserve(NEW + i);
        }
        assertEquals(0, items.looseCount());
        float[] one = vector(1);
        float[] other = vector(1);
        items.show(last, one, one);
        items.show(last, other, other);
        assertEquals(1, items.looseCount());
        assertEquals(1L << (last - 128), items.looseSlots(2));
        items.fasten(last, one);
        assertTrue(items.isLoose(last));
        items.fasten(last, other);
        assertFalse(items.isLoose(last));
        items.hide(items.ordinalAt(last));
        assertNull(items.vectorAt(last));
        items.fasten(last, other);
        assertEquals(1, items.looseCount());
        items.fasten(last, null);
        assertEquals(0, items.looseCount());
        assertEquals(0, items.looseSlots(2));
    }

    @Test
    void shouldAbsorbOnlyWhatIsTooMuchToLookAt() {
        UpsertedItems items = new UpsertedItems(index, 100);
        try (UpsertedGraph graph = new UpsertedGraph(index, items, 10)) {
            for (int i = 0; i < 10; i++) {
                items.show(items.reserve(NEW + i), vector(1), vector(1));
            }
            graph.absorb();
            assertNull(graph.graph());
            items.show(items.reserve(NEW + 10), vector(1), vector(1));
            items.hide(items.ordinalAt(4));
            graph.absorb();
            assertEquals(10, graph.size());
            assertEquals(0, items.looseCount());
            MutableHnswIndex found = Objects.requireNonNull(graph.graph());
            HnswReader reader = found.newReader(1, 10);
            long[] slots = new long[1];
            float[] scores = new float[1];
            for (int slot = 0; slot < 11; slot++) {
                float[] vector = items.vectorAt(slot);
                if (vector != null) {
                    assertEquals(1, reader.searchInto(vector, 1, 10, slots, scores));
                    assertEquals(slot, slots[0]);
                }
            }
            items.hide(items.ordinalAt(7));
            graph.absorb();
            assertEquals(10, graph.size());
            assertTrue(items.isLoose(7));
        }
    }

    /** One that would make all others alike is looked at, and holds up none of them. */
    @Test
    void shouldLeaveVectorsLooseThatAreLongerThanThoseOfTheIndex() {
        index.close();
        index = index(Metric.INNER_PRODUCT, 2);
        UpsertedItems items = new UpsertedItems(index, 100);
        try (UpsertedGraph graph = new UpsertedGraph(index, items, 0)) {
            for (int i = 0; i < 20; i++) {
                float[] vector = vector(i % 4 == 3 ? 50 : 0.9f);
                items.show(items.reserve(NEW + i), vector, vector);
            }
            graph.absorb();
            assertEquals(15, graph.size());
            assertEquals(5, items.looseCount());
            for (int slot = 0; slot < 20; slot++) {
                assertEquals(slot % 4 == 3, items.isLoose(slot));
            }
            float[] shorter = vector(0.9f);
            items.show(3, shorter, shorter);
            items.show(items.reserve(NEW + 20), shorter, shorter);
            graph.absorb();
            assertEquals(17, graph.size());
            assertEquals(4, items.looseCount());
        }
    }

    /** A slot that is not loose is in the graph, whatever it had just now. */
    @Test
    void shouldHaveInTheGraphWhatIsNotLoose() throws InterruptedException {
        UpsertedItems items = new UpsertedItems(index, 40);
        float[][] vectors = {vector(1), vector(1)};
        for (int i = 0; i < 40; i++) {
            items.show(items.reserve(NEW + i), vectors[0], vectors[0]);
        }
        AtomicBoolean isOver = new AtomicBoolean();
        try (UpsertedGraph graph = new UpsertedGraph(index, items, 0)) {
            Thread changes =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        for (int i = 0; !isOver.get(); i++) {
                                            float[] vector = vectors[i / 40 % 2];
                                            items.show(i % 40, vector, vector);
                                        }
                                    });
            try {
                for (int round = 0; round < 200; round++) {
                    graph.absorb();
                }
            } finally {
                isOver.set(true);
                changes.join();
            }
            assertNotEquals(0, graph.size());
            HnswReader reader = Objects.requireNonNull(graph.graph()).newReader(40, 100);
            graph.absorb();
            assertEquals(0, items.looseCount());
            for (int slot = 0; slot < 40; slot++) {
                assertTrue(reader.contains(slot));
            }
            // Those of either vector are all where the query is.
            long[] slots = new long[40];
            float[] scores = new float[40];
            for (float[] vector : vectors) {
                int found = reader.searchInto(vector, 40, 100, slots, scores);
                for (int i = 0; i < found; i++) {
                    boolean isOwn = Arrays.equals(items.vectorAt((int) slots[i]), vector);
                    assertEquals(isOwn, scores[i] > 0.9999f);
                }
            }
        }
    }
}
