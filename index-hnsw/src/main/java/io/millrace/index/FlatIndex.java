package io.millrace.index;

import io.millrace.core.HotPath;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.VectorKernels;
import io.millrace.core.thread.WorkCrew;
import io.millrace.index.filter.FilterPlan;
import io.millrace.index.filter.OrdinalSet;
import io.millrace.index.filter.PredicateRows;
import io.millrace.index.graph.Beam;
import io.millrace.index.graph.Effort;
import io.millrace.index.graph.ExactScan;
import io.millrace.index.graph.RowLayout;
import io.millrace.index.graph.RowSpace;

import org.jspecify.annotations.Nullable;

import java.util.Objects;

/**
 * Exact search: every row is looked at. The oracle for the graph, and the better index for a few
 * thousand rows.
 *
 * <p>Threading: immutable; any thread. Ownership: reads the caller's rows in place, which must
 * outlive it; closing it frees only what it made itself.
 */
public final class FlatIndex implements VectorIndex {
    /** So many rows are looked at for a group of queries before the next ones. */
    private static final int BLOCK_ROWS = 256;

    private static final int GROUP_QUERIES = 16;
    private static final VectorKernels KERNELS = Kernels.vector();
    private static final int[] BLOCK_ORDINALS = blockOrdinals();

    private final StoredForm form;
    private final RowSpace space;
    private final float @Nullable [] inverseLengths;
    private final ItemIds ids;
    private final boolean isOwner;
    private final StoredRows rows;

    FlatIndex(
            StoredForm form,
            RowSpace space,
            float @Nullable [] inverseLengths,
            ItemIds ids,
            boolean isOwner) {
        this.form = form;
        this.space = space;
        this.inverseLengths = inverseLengths;
        this.ids = ids;
        this.isOwner = isOwner;
        rows = new StoredRows(form, space);
    }

    /**
     * An index over rows.
     *
     * @param vectors the rows, not copied; finite numbers, and no zero vector under COSINE.
     * @param itemIds one distinct id per row.
     * @param metric how alike vectors are.
     * @return the index.
     * @throws MillraceException naming the row that can't be indexed.
     */
    public static FlatIndex over(VectorSet vectors, long[] itemIds, Metric metric) {
        if (itemIds.length != vectors.count()) {
            throw MillraceException.badInput(
                    "not one id per row: ids=%d, rows=%d; give as many ids as rows",
                    itemIds.length, vectors.count());
        }
        StoredForm.choose(metric, vectors, false);
        StoredForm form = StoredForm.of(metric, vectors.dimension(), 0, false);
        RowSpace space =
                new RowSpace(
                        vectors.segment(),
                        vectors.strideBytes(),
                        vectors.count(),
                        RowLayout.floats(vectors.dimension()),
                        form.isDot());
        float[] inverseLengths = metric == Metric.COSINE ? inverseLengths(vectors) : null;
        return new FlatIndex(form, space, inverseLengths, ItemIds.copyOf(itemIds), true);
    }

    /**
     * The exact answers of many queries.
     *
     * @param queries the queries.
     * @param k how many answers each; more than there are rows gives all.
     * @param threads how many threads share the work; the answers do not depend on it.
     * @param progress told of every query.
     * @return ordinals, best first, ties by lower ordinal, one array per query.
     */
    public int[][] exactTopK(VectorSet queries, int k, int threads, ProgressListener progress) {
        int limit = Math.max(0, Math.min(k, size()));
        return exactTopK(queries, k, threads, new float[queries.count()][limit], progress);
    }

    /**
     * The exact answers of many queries, with their scores.
     *
     * @param queries the queries.
     * @param k how many answers each; more than there are rows gives all.
     * @param threads how many threads share the work; the answers do not depend on it.
     * @param scores where the scores go, one array per query, with room for the answers.
     * @param progress told of every query.
     * @return ordinals, best first, ties by lower ordinal, one array per query.
     */
    public int[][] exactTopK(
            VectorSet queries, int k, int threads, float[][] scores, ProgressListener progress) {
        int limit = Math.min(k, size());
        int[][] answers = new int[queries.count()][Math.max(0, limit)];
        if (limit <= 0) {
            return answers;
        }
        try (ProgressListener.Stage stage = progress.start("exact search", queries.count());
                WorkCrew crew = new WorkCrew(threads, "exact")) {
            Group[] groups = new Group[threads];
            crew.run(
                    queries.count(),
                    GROUP_QUERIES,
                    (worker, from, to) -> {
                        if (groups[worker] == null) {
                            groups[worker] = new Group(this, limit);
                        }
                        groups[worker].answer(queries, from, to, answers, scores);
                        stage.advance(to - from);
                    });
        }
        return answers;
    }

    @Override
    public int size() {
        return space.count();
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
        if (inverseLengths != null) {
            KERNELS.normalise(target, index, form.dimension());
        }
    }

    @Override
    public boolean accepts(float[] query) {
        return form.accepts(query);
    }

    @Override
    public SearchScratch newScratch(int maxK, int maxEf) {
        SearchLimits limits = new SearchLimits(maxK, maxEf);
        Effort effort = new Effort();
        return new SearchScratch(this, limits, effort, new Finder(this, limits, effort));
    }

    @Override
    public void close() {
        if (isOwner) {
            ids.close();
        }
    }

    @HotPath
    private void offerBlock(int from, float[] query, float[] distances, Beam beam) {
        int count = Math.min(BLOCK_ROWS, size() - from);
        space.distancesFrom(from, query, BLOCK_ORDINALS, count, distances);
        if (inverseLengths != null) {
            for (int i = 0; i < count; i++) {
                distances[i] *= inverseLengths[from + i];
            }
        }
        float bound = beam.bound();
        for (int i = 0; i < count; i++) {
            if (distances[i] <= bound) {
                beam.offer(distances[i], from + i);
                bound = beam.bound();
            }
        }
    }

    private static float[] inverseLengths(VectorSet vectors) {
        float[] inverse = new float[vectors.count()];
        float[] row = new float[vectors.dimension()];
        for (int i = 0; i < inverse.length; i++) {
            vectors.get(i, row, 0);
            inverse[i] = 1f / KERNELS.normalise(row, 0, row.length);
        }
        return inverse;
    }

    private static int[] blockOrdinals() {
        int[] ordinals = new int[BLOCK_ROWS];
        for (int i = 0; i < ordinals.length; i++) {
            ordinals[i] = i;
        }
        return ordinals;
    }

    /** Some queries that pass over the rows together, so that rows are read from memory once. */
    private static final class Group {
        private final FlatIndex index;
        private final float[][] queries;
        private final Beam[] beams;
        private final float[] distances = new float[BLOCK_ROWS];
        private final float[] query;

        Group(FlatIndex index, int k) {
            this.index = index;
            queries = new float[GROUP_QUERIES][index.space.paddedDimension()];
            beams = new Beam[GROUP_QUERIES];
            for (int i = 0; i < GROUP_QUERIES; i++) {
                beams[i] = new Beam(k);
            }
            query = new float[index.dimension()];
        }

        void answer(VectorSet all, int from, int to, int[][] answers, float[][] scores) {
            if (all.dimension() != query.length) {
                throw MillraceException.badInput(
                        "queries of another dimension: dimension=%d, index=%d; embed them with the"
                                + " model of the index",
                        all.dimension(), query.length);
            }
            for (int i = from; i < to; i++) {
                all.get(i, query, 0);
                index.form.queryInto(query, queries[i - from]);
                beams[i - from].reset(answers[i].length);
            }
            for (int row = 0; row < index.size(); row += BLOCK_ROWS) {
                for (int i = 0; i < to - from; i++) {
                    index.offerBlock(row, queries[i], distances, beams[i]);
                }
            }
            for (int i = from; i < to; i++) {
                for (int rank = 0; rank < answers[i].length; rank++) {
                    answers[i][rank] = beams[i - from].ordinalAt(rank);
                    scores[i][rank] = index.form.score(beams[i - from].distanceAt(rank));
                }
            }
        }
    }

    /** Finds rows by looking at all that are accepted. */
    static final class Finder implements RowFinder {
        private final StoredForm form;
        private final ExactScan scan;
        private final int rows;
        private final float[] query;
        private final PredicateRows predicateRows = new PredicateRows();
        private @Nullable OrdinalSet filter;

        Finder(FlatIndex index, SearchLimits limits, Effort effort) {
            form = index.form;
            rows = index.size();
            scan = new ExactScan(index.space, index.inverseLengths, effort, limits.maxK() + 1);
            query = new float[index.space.paddedDimension()];
        }

        @Override
        public StoredForm form() {
            return form;
        }

        @Override
        public int rows() {
            return rows;
        }

        @Override
        public int ordinals() {
            return rows;
        }

        @Override
        @HotPath
        public void acceptAll() {
            filter = null;
        }

        @Override
        @HotPath
        public int accept(SearchRequest request) {
            OrdinalSet set = request.filter();
            FilterPlan predicate = request.predicate();
            if (predicate != null) {
                set = predicateRows.fill(predicate, set);
            }
            filter = set;
            return set == null ? rows : set.cardinality();
        }

        @Override
        @HotPath
        public void prepare(float[] vector) {
            form.queryInto(vector, query);
        }

        @Override
        @HotPath
        public Beam find(int k, int ef, FilterRegime regime) {
            scan.search(query, k, filter);
            return scan.found();
        }

        @Override
        public boolean isExact(FilterRegime regime) {
            return true;
        }

        @Override
        @HotPath
        public Beam findFirst(int k, int ef, FilterRegime regime) {
            return find(k, ef, regime);
        }

        @Override
        public boolean isLive() {
            return false;
        }

        @Override
        @HotPath
        public Beam findNext(int k, int rowsTaken) {
            scan.next(query, k, filter);
            return scan.found();
        }

        @Override
        public @Nullable FilterRegime regime() {
            return filter == null ? null : FilterRegime.SCAN;
        }

        @Override
        public boolean hasLost() {
            return false;
        }
    }
}
