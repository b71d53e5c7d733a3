package io.millrace.index;

import io.millrace.core.HotPath;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.index.graph.Effort;
import io.millrace.index.graph.GraphMemory;
import io.millrace.index.graph.GraphView;
import io.millrace.index.graph.LayeredGraph;
import io.millrace.index.graph.RowSpace;
import io.millrace.index.graph.RowType;
import io.millrace.index.recall.RecallCurve;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * A graph of links between near rows (Malkov, Yashunin: Efficient and robust approximate nearest
 * neighbor search using hierarchical navigable small world graphs, 2016). A search of plain rows
 * goes from the top level down, one of an inlined layout begins at the hubs nearest to the query.
 * Made by {@link HnswBuilder} or {@link HnswFile}.
 *
 * <p>Threading: any thread; immutable but for the recall curve. Ownership: owns its memory; close
 * it after the last search.
 */
public final class HnswIndex implements VectorIndex {
    private final StoredForm form;
    private final HnswParameters parameters;
    private final GraphMemory memory;
    private final ItemIds ids;
    private final GraphView view;
    private final RowSpace space;
    private final StoredRows rows;
    private volatile @Nullable RecallCurve recallCurve;

    HnswIndex(StoredForm form, HnswParameters parameters, GraphMemory memory, ItemIds ids) {
        this.form = form;
        this.parameters = parameters;
        this.memory = memory;
        this.ids = ids;
        view = memory.view(form.isDot()).withHubs();
        space = view.space();
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
     * What recall is reached at what effort.
     *
     * @return as measured, or null where nobody has.
     */
    public @Nullable RecallCurve recallCurve() {
        return recallCurve;
    }

    /**
     * Keeps what was measured of this index; {@link HnswFile} writes it along.
     *
     * @param curve what recall is reached at what effort.
     */
    public void keepRecallCurve(RecallCurve curve) {
        recallCurve = curve;
    }

    /**
     * The effort that a recall needs; see {@link RecallCurve#efFor}.
     *
     * @param recall what is wanted, 0 to 1.
     * @param k how many neighbours are asked for.
     * @return ef, at least k.
     * @throws MillraceException LIMIT when it is out of reach, MISMATCH when the index was never
     *     calibrated.
     */
    public int efFor(double recall, int k) {
        RecallCurve curve = recallCurve;
        if (curve == null) {
            throw MillraceException.of(
                    ErrorCode.MISMATCH,
                    "index without a recall curve: rows=%d, recall=%s; calibrate it or give ef",
                    size(),
                    recall);
        }
        return curve.efFor(recall, k);
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
     * Copies a query in the form of the stored rows, for kernels that read those in place: its
     * product with a stored row orders rows as searches do.
     *
     * @param query a vector that {@link #accepts} takes.
     * @param target where it goes, from element 0; at least {@link #storedDimension()} numbers.
     */
    @HotPath
    public void storedQueryInto(float[] query, float[] target) {
        form.queryInto(query, target);
    }

    /**
     * What the product of a stored row and a query in its form is multiplied by to be the score of
     * a search.
     *
     * @return 1, but for rows that were brought to one length.
     */
    public float productScale() {
        return form.score(-1);
    }

    /**
     * Memory of vectors, links and hubs.
     *
     * @return bytes, ids left out.
     */
    public long memoryBytes() {
        return memory.bytes() + view.hubBytes();
    }

    /**
     * The same index in memory of its own, for measurements of what memory costs.
     *
     * @return a copy that shares the ids of this one and must not outlive it.
     */
    public HnswIndex copy() {
        return new HnswIndex(form, parameters, memory.copy(), ids.shared());
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
        SearchLimits limits = new SearchLimits(maxK, maxEf);
        Effort effort = new Effort();
        return new SearchScratch(this, limits, effort, GraphFinder.of(this, limits, effort));
    }

    /**
     * Has searches with a scratch pass over a row from now on, as if it were not there: what its
     * own vector finds then is what a new vector would.
     *
     * @param scratch the scratch of this index.
     * @param ordinal which row, or {@link #NO_ORDINAL} to hide none again.
     * @return false where the row can't be hidden because it is on an upper level.
     */
    public boolean tryHide(SearchScratch scratch, int ordinal) {
        scratch.checkUser(this);
        LayeredGraph graph = view.graph();
        if (ordinal != NO_ORDINAL && (ordinal == graph.entry() || graph.level(ordinal) > 0)) {
            return false;
        }
        ((GraphFinder) scratch.finder()).hide(ordinal);
        return true;
    }

    @Override
    public void close() {
        ids.close();
        view.close();
        memory.close();
    }

    StoredForm form() {
        return form;
    }

    GraphView view() {
        return view;
    }

    GraphMemory memory() {
        return memory;
    }

    ItemIds ids() {
        return ids;
    }
}
