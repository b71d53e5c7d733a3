package io.millrace.ranker.model;

import io.millrace.core.memory.DirectMemory;
import io.millrace.core.random.SplitRandom;
import io.millrace.ranker.features.RowLayout;

import java.lang.foreign.MemorySegment;

/**
 * One vector for each id, float32, off heap.
 *
 * <p>Threading: as its user orders it; the memory is shared.
 */
public final class EmbeddingTable implements AutoCloseable {
    private final String name;
    private final int rows;
    private final int dimension;
    private final DirectMemory memory;

    /**
     * A table of zeros.
     *
     * @param name name of the table in the schema.
     * @param rows count of ids.
     * @param dimension components of a vector.
     */
    public EmbeddingTable(String name, int rows, int dimension) {
        this.name = name;
        this.rows = rows;
        this.dimension = dimension;
        this.memory = DirectMemory.allocate((long) rows * dimension * Float.BYTES);
    }

    /**
     * Fills the table with numbers of the normal law; the row of id 0 (missing) stays zero.
     *
     * @param deviation their standard deviation.
     * @param seed seed of the whole model.
     */
    public void fillGaussian(double deviation, long seed) {
        SplitRandom random = SplitRandom.forStream(seed, name.hashCode());
        MemorySegment segment = memory.segment();
        for (long i = dimension; i < (long) rows * dimension; i++) {
            segment.set(
                    RowLayout.FLOAT, i * Float.BYTES, (float) (deviation * random.nextGaussian()));
        }
    }

    /**
     * Name of the table in the schema.
     *
     * @return the name.
     */
    public String name() {
        return name;
    }

    /**
     * Count of ids.
     *
     * @return rows.
     */
    public int rows() {
        return rows;
    }

    /**
     * Components of a vector.
     *
     * @return the dimension.
     */
    public int dimension() {
        return dimension;
    }

    /**
     * Memory of all rows.
     *
     * @return the segment {@link #offset} points into.
     */
    public MemorySegment segment() {
        return memory.segment();
    }

    /**
     * Where the vector of an id begins.
     *
     * @param id the id.
     * @return byte offset into {@link #segment}.
     */
    public long offset(int id) {
        return (long) id * dimension * Float.BYTES;
    }

    @Override
    public void close() {
        memory.close();
    }
}
