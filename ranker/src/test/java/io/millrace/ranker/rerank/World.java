package io.millrace.ranker.rerank;

import io.millrace.core.memory.DirectMemory;
import io.millrace.core.random.SplitRandom;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.store.ItemRowMirror;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;

/** A seeded catalogue with rows and vectors, and a user with a history. */
final class World implements AutoCloseable {
    static final int HISTORY = 20;
    private static final long BASE = 128;

    final FeatureSchema schema;
    final int count;
    final int dimension;
    final int[] creators;
    final float[][] vectors;
    final ItemRowMirror items;
    final ItemVectors itemVectors;
    final MemorySegment user = Arena.ofAuto().allocate(256);
    private final RowTable table;
    private final DirectMemory memory;

    /**
     * @param isExact whether all products of vectors are exact in floats, so that ties are ties:
     *     components are -1/4 or 1/4 in 16 dimensions.
     */
    World(long seed, int count, int creatorCount, int dimension, boolean isExact) {
        this.count = count;
        this.dimension = dimension;
        this.schema = schema(count, creatorCount);
        this.creators = new int[count];
        this.vectors = new float[count][dimension];
        SplitRandom random = new SplitRandom(seed);
        RowLayout layout = schema.layout(FeatureScope.ITEM);
        try (RowTable.Builder builder = RowTable.builder(layout, count)) {
            for (int item = 0; item < count; item++) {
                creators[item] = random.nextInt(creatorCount + 2);
                builder.append(1_000L + item);
                builder.category(schema.field("creator"), creators[item]);
                fillVector(vectors[item], random, isExact);
                if (item > 0 && random.nextInt(8) == 0) {
                    // A twin of another item.
                    vectors[item] = vectors[random.nextInt(item)].clone();
                }
            }
            table = builder.build();
        }
        this.items = ItemRowMirror.of(table);
        long stride = 64L * Math.ceilDiv(dimension * 4, 64) + 64;
        this.memory = DirectMemory.allocate(BASE + count * stride);
        this.itemVectors = new ItemVectors(memory.segment(), BASE, stride, dimension, count);
        for (int item = 0; item < count; item++) {
            MemorySegment.copy(
                    MemorySegment.ofArray(vectors[item]),
                    0,
                    memory.segment(),
                    itemVectors.offset(item),
                    4L * dimension);
        }
        schema.layout(FeatureScope.USER).clear(user, 64);
    }

    static FeatureSchema schema(int items, int creatorCount) {
        return new FeatureSchema(
                FeatureSchema.FORMAT,
                "world",
                0,
                List.of(
                        FeatureField.numeric(FeatureScope.USER, "age", 0, 1),
                        FeatureField.itemSequence("watched", items + 2, HISTORY),
                        FeatureField.itemSequence("liked", items + 2, HISTORY),
                        FeatureField.categorical(FeatureScope.ITEM, "language", 5),
                        FeatureField.categorical(FeatureScope.ITEM, "creator", creatorCount + 2),
                        FeatureField.tags(FeatureScope.ITEM, "tag", 9, 3)),
                Map.of());
    }

    RerankRules rules(int creatorCap, float lambda, int pool, float duplicateCosine) {
        return new RerankRules(
                10,
                "creator",
                creatorCap,
                lambda,
                pool,
                duplicateCosine,
                List.of("watched", "liked"),
                0);
    }

    Reranker reranker(RerankRules rules, int maxCandidates, int maxK) {
        return new Reranker(rules, schema, items, itemVectors, maxCandidates, maxK);
    }

    /** Puts items into a history of the user. */
    void watch(String field, int... ordinals) {
        int slot = schema.layout(FeatureScope.USER).slotOf(schema.field(field));
        user.set(RowLayout.INT, 64 + 4L * slot, ordinals.length);
        for (int i = 0; i < ordinals.length; i++) {
            user.set(RowLayout.INT, 64 + 4L * (slot + 1 + i), ordinals[i] + 2);
        }
    }

    RequestFilter filter(RerankRules rules) {
        RequestFilter filter = new RequestFilter(rules, schema, 16);
        filter.addSeen(user, 64);
        return filter;
    }

    float product(int a, int b) {
        float sum = 0;
        for (int i = 0; i < dimension; i++) {
            sum += vectors[a][i] * vectors[b][i];
        }
        return sum;
    }

    @Override
    public void close() {
        items.close();
        table.close();
        memory.close();
    }

    private static void fillVector(float[] vector, SplitRandom random, boolean isExact) {
        double norm = 0;
        for (int i = 0; i < vector.length; i++) {
            vector[i] =
                    isExact
                            ? (random.nextInt(2) == 0 ? -0.25f : 0.25f)
                            : (float) random.nextGaussian();
            norm += vector[i] * vector[i];
        }
        for (int i = 0; i < vector.length; i++) {
            vector[i] = isExact ? vector[i] : (float) (vector[i] / Math.sqrt(norm));
        }
    }
}
