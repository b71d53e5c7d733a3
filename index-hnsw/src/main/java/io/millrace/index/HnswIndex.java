package io.millrace.index;

import io.millrace.core.HotPath;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.index.filter.OrdinalSet;
import io.millrace.index.graph.Beam;
import io.millrace.index.graph.Effort;
import io.millrace.index.graph.ExactScan;
import io.millrace.index.graph.GraphMemory;
import io.millrace.index.graph.GraphSearcher;
import io.millrace.index.graph.InlinedSearcher;
import io.millrace.index.graph.LayeredGraph;
import io.millrace.index.graph.ResumableSearcher;
import io.millrace.index.graph.RowSpace;
import io.millrace.index.graph.RowType;
import io.millrace.index.recall.RecallCurve;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * A graph of links between near rows, searched from the top level down (Malkov, Yashunin: Efficient
 * and robust approximate nearest neighbor search using hierarchical navigable small world graphs,
 * 2016). Made by {@link HnswBuilder} or {@link HnswFile}.
 *
 * <p>Threading: any thread; immutable but for the recall curve. Ownership: owns its memory; close
 * it after the last search.
 */
public final class HnswIndex implements VectorIndex {
    private final StoredForm form;
    private final HnswParameters parameters;
    private final GraphMemory memory;
    private final ItemIds ids;
    private final RowSpace space;
    private final LayeredGraph graph;
    private final StoredRows rows;
    private volatile @Nullable RecallCurve recallCurve;

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
        own.begin(Effort.NO_BUDGET_NS);
        if (k == 0) {
            return 0;
        }
        Beam found = own.walk(k, Math.max(k, efSearch));
        int count = Math.min(k, found.size());
        own.write(found, count, ordinals, scores);
        return count;
    }

    /**
     * Has searches with a scratch pass over a row from now on, as if it were not there: what its
     * own vector finds then is what a new vector would.
     *
     * @param scratch the scratch of this index.
     * @param ordinal which row, or {@link #NO_ORDINAL} to hide none again.
     * @return false where the row can't be hidden because searches descend through it.
     */
    public boolean tryHide(SearchScratch scratch, int ordinal) {
        scratch.check(this, 0, 0);
        if (ordinal != NO_ORDINAL && (ordinal == graph.entry() || graph.level(ordinal) > 0)) {
            return false;
        }
        ((Scratch) scratch).hide(ordinal);
        return true;
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
        private final HnswIndex index;
        private final @Nullable GraphSearcher plain;
        private final @Nullable InlinedSearcher inlined;
        private final float[] query;
        private @Nullable ResumableSearcher resumable;
        private @Nullable ExactScan scan;
        private boolean isPagedByScan;
        private int hidden = NO_ORDINAL;
        private @Nullable OrdinalSet pageFilter;

        Scratch(HnswIndex index, int maxK, int maxEf) {
            super(index, maxK, maxEf);
            this.index = index;
            query = new float[index.space.paddedDimension()];
            int widest = FilterRegime.MAX_WIDENING * (maxEf() + 1);
            if (index.memory.layout().isInlined()) {
                plain = null;
                inlined =
                        new InlinedSearcher(
                                index.memory, index.form.isDot(), widest, maxK + 1, effort());
            } else {
                plain = new GraphSearcher(index.graph, index.space, widest, maxK + 1, effort());
                inlined = null;
            }
        }

        private void hide(int ordinal) {
            hidden = ordinal;
            if (inlined != null) {
                inlined.hide(ordinal);
            } else {
                Objects.requireNonNull(plain).hide(ordinal);
            }
        }

        @Override
        void prepare(float[] vector) {
            index.form.queryInto(vector, query);
        }

        @Override
        float score(float distance) {
            return index.form.score(distance);
        }

        /** Searches among all rows for what stands in the query. */
        private Beam walk(int k, int ef) {
            if (inlined != null) {
                return walkByCodes(inlined, Math.min(k, index.size()), ef);
            }
            GraphSearcher searcher = Objects.requireNonNull(plain);
            searcher.search(query, ef);
            return searcher.beam();
        }

        /**
         * A node may stand among the candidates once for each that links to it, so that fewer than
         * ef are visited. Where that leaves the answer short, the rows themselves lead the way.
         */
        private Beam walkByCodes(InlinedSearcher searcher, int k, int ef) {
            searcher.search(query, k, ef, null);
            if (searcher.found().size() >= k || effort().isOver()) {
                return searcher.found();
            }
            ResumableSearcher own = resumable();
            own.search(query, k, ef, null, false, false);
            return own.beam();
        }

        @Override
        Beam find(int k, int ef, @Nullable OrdinalSet filter, int accepted, FilterRegime regime) {
            if (filter == null) {
                return walk(k, ef);
            }
            boolean isScan = regime == FilterRegime.SCAN;
            boolean isFar = false;
            if (regime == FilterRegime.PLAIN) {
                int wide = FilterRegime.widened(ef, accepted, index.size());
                boolean isGood = walkAccepting(k, wide, filter);
                // What the filter accepts may lie elsewhere than what the query is near to.
                if (isGood || effort().isOver()) {
                    return inlined != null
                            ? inlined.found()
                            : Objects.requireNonNull(plain).accepted();
                }
                isFar = true;
                isScan = FilterRegime.isScanBestWhenFar(accepted, ef);
            }
            if (isScan) {
                ExactScan own = scan();
                own.search(query, k, filter);
                return own.found();
            }
            ResumableSearcher own = resumable();
            own.search(query, k, ef, filter, false, isFar);
            return own.beam();
        }

        @Override
        boolean isExact(@Nullable OrdinalSet filter, FilterRegime regime) {
            return filter != null && regime == FilterRegime.SCAN;
        }

        private boolean walkAccepting(int k, int ef, OrdinalSet filter) {
            return inlined != null
                    ? inlined.search(query, k, ef, filter)
                    : Objects.requireNonNull(plain).search(query, k, ef, filter);
        }

        @Override
        Beam findFirst(int k, int ef, @Nullable OrdinalSet filter, FilterRegime regime) {
            isPagedByScan = isExact(filter, regime);
            pageFilter = filter;
            if (isPagedByScan) {
                ExactScan own = scan();
                own.search(query, k, filter);
                return own.found();
            }
            ResumableSearcher own = resumable();
            own.search(query, k, ef, filter, true, false);
            return own.beam();
        }

        @Override
        Beam findNext(int k, int rowsTaken) {
            if (isPagedByScan) {
                ExactScan own = scan();
                own.next(query, k, pageFilter);
                return own.found();
            }
            ResumableSearcher own = resumable();
            own.next(rowsTaken, k);
            return own.beam();
        }

        @Override
        boolean hasLost() {
            return resumable != null && !isPagedByScan && resumable.hasLost();
        }

        private ResumableSearcher resumable() {
            if (resumable == null) {
                resumable = new ResumableSearcher(index.graph, index.space, maxEf() + 1, effort());
            }
            resumable.hide(hidden);
            return resumable;
        }

        private ExactScan scan() {
            if (scan == null) {
                scan = new ExactScan(index.space, null, effort(), maxK() + 1);
            }
            return scan;
        }
    }
}
