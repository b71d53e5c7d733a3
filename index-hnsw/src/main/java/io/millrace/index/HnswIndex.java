package io.millrace.index;

import io.millrace.core.HotPath;
import io.millrace.core.error.MillraceException;
import io.millrace.index.graph.Beam;
import io.millrace.index.graph.GraphMemory;
import io.millrace.index.graph.GraphSearcher;
import io.millrace.index.graph.InlinedSearcher;
import io.millrace.index.graph.LayeredGraph;
import io.millrace.index.graph.RowSpace;
import io.millrace.index.graph.RowType;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * A graph of links between near rows, searched from the top level down (Malkov, Yashunin: Efficient
 * and robust approximate nearest neighbor search using hierarchical navigable small world graphs,
 * 2016). Made by {@link HnswBuilder} or {@link HnswFile}.
 *
 * <p>Threading: immutable; any thread. Ownership: owns its memory; close it after the last search.
 */
public final class HnswIndex implements VectorIndex {
    private final StoredForm form;
    private final HnswParameters parameters;
    private final GraphMemory memory;
    private final ItemIds ids;
    private final RowSpace space;
    private final LayeredGraph graph;
    private final StoredRows rows;

    HnswIndex(StoredForm form, HnswParameters parameters, GraphMemory memory, ItemIds ids) {
        this.form = form;
        this.parameters = parameters;
        this.memory = memory;
        this.ids = ids;
        space = memory.space(form.isDot());
        graph = memory.graph();
        rows = new StoredRows(form, space);
    }

    @Override
    public int size() {
        return memory.count();
    }

    @Override
    public int dimension() {
        return form.dimension();
    }

    @Override
    public Metric metric() {
        return form.metric();
    }

    @Override
    public long itemId(int ordinal) {
        return ids.id(ordinal);
    }

    @Override
    public int ordinalOf(long itemId) {
        return ids.ordinalOf(itemId);
    }

    @Override
    public void vectorInto(int ordinal, float[] target, int index) {
        Objects.checkIndex(ordinal, size());
        rows.copyInto(ordinal, target, index);
    }

    /**
     * How the graph was built.
     *
     * @return the parameters; threads is 1 where it was read from a file.
     */
    public HnswParameters parameters() {
        return parameters;
    }

    /**
     * The stored rows, for kernels that read float32 in place: row {@code i} begins at {@link
     * #vectorOffset}{@code (i)} and has {@link #storedDimension()} float32 followed by zeros up to
     * the next multiple of 64 bytes.
     *
     * @return the memory the rows lie in.
     * @throws MillraceException USAGE when rows are kept as another type.
     */
    public MemorySegment vectorSegment() {
        if (parameters.rowType() != RowType.F32) {
            throw MillraceException.usage(
                    "rows are not float32: type=%s; build the index with rows of F32, or read them"
                            + " by vectorInto",
                    parameters.rowType());
        }
        return space.segment();
    }

    /**
     * Where a stored row lies.
     *
     * @param ordinal which row.
     * @return offset in {@link #vectorSegment()} in bytes.
     */
    public long vectorOffset(int ordinal) {
        return Objects.checkIndex(ordinal, size()) * space.strideBytes();
    }

    /**
     * Distance of two stored rows.
     *
     * @return bytes.
     */
    public long vectorStrideBytes() {
        return space.strideBytes();
    }

    /**
     * Numbers per stored row: the dimension, or one more where INNER_PRODUCT had to bring rows to
     * one length; under an INLINED layout up to the next multiple of 32. Rows of COSINE, and those
     * brought to one length, are stored with length 1. Products and distances of stored rows are
     * those of the caller's, their numbers need not be: INLINED rows are rotated.
     *
     * @return from 1.
     */
    public int storedDimension() {
        return form.storedDimension();
    }

    /**
     * Memory of vectors and links.
     *
     * @return bytes, ids left out.
     */
    public long memoryBytes() {
        return memory.bytes();
    }

    /**
     * Exact search over the same rows.
     *
     * @return an index that shares this one's memory and must not outlive it.
     */
    public FlatIndex exact() {
        return new FlatIndex(form, space, null, ids, false);
    }

    @Override
    public boolean accepts(float[] query) {
        return form.accepts(query);
    }

    @Override
    public SearchScratch newScratch(int maxK, int maxEf) {
        return new Scratch(this, maxK, maxEf);
    }

    @Override
    @HotPath
    public int searchInto(
            SearchScratch scratch,
            float[] query,
            int k,
            int efSearch,
            int[] ordinals,
            float[] scores) {
        scratch.check(this, k, efSearch);
        Scratch own = (Scratch) scratch;
        form.queryInto(query, own.query);
        if (k == 0) {
            return 0;
        }
        Beam beam = own.search(k, Math.max(k, efSearch));
        int count = Math.min(k, beam.size());
        for (int i = 0; i < count; i++) {
            ordinals[i] = beam.ordinalAt(i);
            scores[i] = form.score(beam.distanceAt(i));
        }
        return count;
    }

    @Override
    public void close() {
        ids.close();
        memory.close();
    }

    StoredForm form() {
        return form;
    }

    GraphMemory memory() {
        return memory;
    }

    ItemIds ids() {
        return ids;
    }

    /** The scratch of a graph. */
    static final class Scratch extends SearchScratch {
        private final @Nullable GraphSearcher plain;
        private final @Nullable InlinedSearcher inlined;
        private final float[] query;

        Scratch(HnswIndex index, int maxK, int maxEf) {
            super(index, maxK, maxEf);
            query = new float[index.space.paddedDimension()];
            if (index.memory.layout().isInlined()) {
                plain = null;
                inlined =
                        new InlinedSearcher(
                                index.memory, index.form.isDot(), Math.max(maxK, maxEf), maxK);
            } else {
                plain = new GraphSearcher(index.graph, index.space, maxEf());
                inlined = null;
            }
        }

        /** Searches for what stands in the query; nearest first. */
        private Beam search(int k, int ef) {
            if (inlined != null) {
                inlined.search(query, k, ef);
                return inlined.found();
            }
            Objects.requireNonNull(plain).search(query, ef);
            return plain.beam();
        }
    }
}
