package io.millrace.ranker.model;

import io.millrace.core.HotPath;
import io.millrace.core.memory.DirectMemory;
import io.millrace.core.random.SplitRandom;
import io.millrace.core.simd.ElementKernels;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.TableKernels;
import io.millrace.ranker.features.RowLayout;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/**
 * One vector for each id, off heap. Vectors are gathered as float32 whatever they are kept as; a
 * table in float32 may be trained, which writes to its memory in place.
 *
 * <p>Threading: as its user orders it; the memory is shared. Allocation: gathering none.
 */
public final class EmbeddingTable implements AutoCloseable {
    private static final ElementKernels ELEMENTS = Kernels.element();

    private final String name;
    private final int rows;
    private final int dimension;

    /** What reads and writes vectors; null for float32. */
    private final @Nullable TableKernels kernels;

    private final long rowBytes;
    private final MemorySegment segment;
    private final Runnable owner;

    /**
     * A table of zeros in float32.
     *
     * @param name name of the table in the schema.
     * @param rows count of ids.
     * @param dimension components of a vector.
     */
    public EmbeddingTable(String name, int rows, int dimension) {
        this(name, rows, dimension, WeightType.F32);
    }

    private EmbeddingTable(String name, int rows, int dimension, WeightType type) {
        this(name, rows, dimension, type, DirectMemory.allocate(rows * rowBytes(dimension, type)));
    }

    private EmbeddingTable(
            String name, int rows, int dimension, WeightType type, DirectMemory memory) {
        this(name, rows, dimension, type, memory.segment(), memory::close);
    }

    /** A table that is there already; the owner of its memory is run when it is closed. */
    EmbeddingTable(
            String name,
            int rows,
            int dimension,
            WeightType type,
            MemorySegment segment,
            Runnable owner) {
        this.name = name;
        this.rows = rows;
        this.dimension = dimension;
        this.kernels = kernels(type);
        this.rowBytes = rowBytes(dimension, type);
        this.segment = segment;
        this.owner = owner;
    }

    private static @Nullable TableKernels kernels(WeightType type) {
        return switch (type) {
            case F32 -> null;
            case BF16 -> Kernels.bfloat16Tables();
            case INT8 -> Kernels.int8Tables();
        };
    }

    /** Memory of a vector. */
    static long rowBytes(int dimension, WeightType type) {
        TableKernels kernels = kernels(type);
        return kernels == null ? (long) Float.BYTES * dimension : kernels.rowBytes(dimension);
    }

    /** The same vectors, rounded if that type has fewer bits, in memory of their own. */
    EmbeddingTable as(WeightType newType) {
        EmbeddingTable copy = new EmbeddingTable(name, rows, dimension, newType);
        float[] vector = new float[dimension];
        for (int id = 0; id < rows; id++) {
            copyInto(id, vector, 0);
            copy.set(id, vector);
        }
        return copy;
    }

    private void set(int id, float[] vector) {
        if (kernels == null) {
            MemorySegment.copy(vector, 0, segment, RowLayout.FLOAT, offset(id), dimension);
        } else {
            kernels.encode(vector, segment, offset(id), dimension);
        }
    }

    /**
     * Fills a table in float32 with numbers of the normal law; the row of id 0 (missing) stays
     * zero.
     *
     * @param deviation their standard deviation.
     * @param seed seed of the whole model.
     */
    public void fillGaussian(double deviation, long seed) {
        SplitRandom random = SplitRandom.forStream(seed, name.hashCode());
        for (long i = dimension; i < (long) rows * dimension; i++) {
            segment.set(
                    RowLayout.FLOAT, i * Float.BYTES, (float) (deviation * random.nextGaussian()));
        }
    }

    /**
     * Copies the vector of an id.
     *
     * @param id the id.
     * @param out where to.
     * @param at index of the first float.
     */
    @HotPath
    public void copyInto(int id, float[] out, int at) {
        if (kernels == null) {
            ELEMENTS.copyRow(segment, offset(id), out, at, dimension);
        } else {
            kernels.copyRow(segment, offset(id), out, at, dimension);
        }
    }

    /**
     * Adds a multiple of the vector of an id to an array.
     *
     * @param id the id.
     * @param factor by what the vector is multiplied.
     * @param out the target.
     * @param at index of the first float.
     */
    @HotPath
    public void addInto(int id, float factor, float[] out, int at) {
        if (kernels == null) {
            ELEMENTS.addRow(factor, segment, offset(id), out, at, dimension);
        } else {
            kernels.addRow(factor, segment, offset(id), out, at, dimension);
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
        return segment;
    }

    /**
     * Where the vector of an id begins.
     *
     * @param id the id.
     * @return byte offset into {@link #segment}.
     */
    public long offset(int id) {
        return id * rowBytes;
    }

    @Override
    public void close() {
        owner.run();
    }
}
