package io.millrace.index;

import io.millrace.core.HotPath;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A graph of links between near rows, searched from the top level down (Malkov, Yashunin: Efficient
 * and robust approximate nearest neighbor search using hierarchical navigable small world graphs,
 * 2016).
 *
 * <p>Threading: immutable; any thread. Ownership: owns its memory; close it.
 */
public final class HnswIndex implements VectorIndex {
    private final StoredRows rows;
    private final LayeredGraph graph;
    private final ItemIds ids;
    private final HnswParameters parameters;
    private final List<Runnable> releases;

    HnswIndex(
            StoredRows rows,
            LayeredGraph graph,
            ItemIds ids,
            HnswParameters parameters,
            List<Runnable> releases) {
        this.rows = rows;
        this.graph = graph;
        this.ids = ids;
        this.parameters = parameters;
        this.releases = releases;
    }

    @Override
    public int size() {
        return rows.count();
    }

    @Override
    public int dimension() {
        return rows.dimension();
    }

    @Override
    public Metric metric() {
        return rows.metric();
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
        rows.vectorInto(ordinal, target, index);
    }

    /**
     * How it was built.
     *
     * @return the parameters; the count of threads is not kept and reads 1 after a file was opened.
     */
    public HnswParameters parameters() {
        return parameters;
    }

    /**
     * Memory of vectors and links.
     *
     * @return bytes, ids left out.
     */
    public long memoryBytes() {
        return rows.segment().byteSize()
                + graph.links().byteSize()
                + graph.levels().byteSize()
                + graph.upperStart().byteSize()
                + graph.upperLinks().byteSize();
    }

    /**
     * The stored rows, for kernels that read them in place: row {@code i} begins at {@link
     * #vectorOffset}{@code (i)} and has {@link #storedDimension()} numbers.
     *
     * @return the memory the rows lie in.
     */
    public MemorySegment vectorSegment() {
        return rows.segment();
    }

    /**
     * Where a stored row lies.
     *
     * @param ordinal which row.
     * @return offset in {@link #vectorSegment()} in bytes.
     */
    public long vectorOffset(int ordinal) {
        return rows.offset(ordinal);
    }

    /**
     * Distance of two stored rows.
     *
     * @return bytes.
     */
    public long vectorStrideBytes() {
        return rows.strideBytes();
    }

    /**
     * Numbers per stored row: the dimension, or one more where INNER_PRODUCT had to bring rows to
     * one length.
     *
     * @return from 1.
     */
    public int storedDimension() {
        return rows.storedDimension();
    }

    /**
     * Exact search over the same rows.
     *
     * @return an index that shares this one's memory and must not outlive it.
     */
    public FlatIndex exact() {
        return new FlatIndex(rows, ids);
    }

    @Override
    public SearchScratch newScratch(int maxK, int maxEf) {
        return new SearchScratch(rows.count(), rows.storedDimension(), maxK, maxEf);
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
        int wanted = SearchAnswer.wanted(scratch, k, efSearch, rows.count());
        rows.prepareInto(query, scratch.query);
        if (wanted == 0) {
            return 0;
        }
        int start = GraphSearch.descend(graph, rows, scratch, 0);
        GraphSearch.searchLevel(graph, rows, scratch, start, 0, Math.max(wanted, efSearch));
        return SearchAnswer.copy(scratch.beam, wanted, ordinals, scores);
    }

    @Override
    public void close() {
        releases.forEach(Runnable::run);
    }

    StoredRows rows() {
        return rows;
    }

    LayeredGraph graph() {
        return graph;
    }

    ItemIds ids() {
        return ids;
    }
}
