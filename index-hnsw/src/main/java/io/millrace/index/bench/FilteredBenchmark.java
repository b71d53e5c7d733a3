package io.millrace.index.bench;

import io.millrace.core.progress.ProgressListener;
import io.millrace.core.random.SplitRandom;
import io.millrace.index.FilterRegime;
import io.millrace.index.FlatIndex;
import io.millrace.index.SearchRequest;
import io.millrace.index.SearchScratch;
import io.millrace.index.VectorIndex;
import io.millrace.index.filter.OrdinalBitSet;
import io.millrace.index.filter.OrdinalSet;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Measures searches with filters: recall against exact search of what the filter accepts, and time
 * beside that of exact search of all rows.
 *
 * <p>Threading: one thread. Allocation: a bit for each row and query where filters differ by query.
 */
final class FilteredBenchmark {
    /** Each has a filter of its own, which takes time to make. */
    private static final int MOST_QUERIES = 200;

    private static final double US_PER_SECOND = 1e6;

    private final AnnBenchmarkPlan plan;
    private final BenchmarkData data;
    private final float[][] queries;
    private final SearchTimer timer;
    private final int[] ordinals;
    private final float[] scores;

    FilteredBenchmark(
            AnnBenchmarkPlan plan, BenchmarkData data, float[][] queries, SearchTimer timer) {
        this.plan = plan;
        this.data = data;
        this.queries = Arrays.copyOf(queries, Math.min(queries.length, MOST_QUERIES));
        this.timer = timer;
        ordinals = new int[plan.k()];
        scores = new float[plan.k()];
    }

    /**
     * What the filter of a query accepts.
     *
     * @param rows the rows that are accepted.
     * @param last the last of those that are to be found.
     */
    private record Accepted(OrdinalSet rows, int last) {}

    /** Measures every selectivity at every effort; nothing where no selectivity is given. */
    List<AnnBenchmarkResult.FilteredRun> run(
            VectorIndex index, List<Integer> efs, ProgressListener progress) {
        List<AnnBenchmarkResult.FilteredRun> runs = new ArrayList<>();
        List<Double> selectivities = plan.filters().selectivities();
        if (selectivities.isEmpty() || index.size() == 0) {
            return runs;
        }
        try (FlatIndex flat = data.flatIndex();
                ProgressListener.Stage stage =
                        progress.start("measure filters", selectivities.size())) {
            double scanUs = scanUs(flat);
            for (double selectivity : selectivities) {
                List<Accepted> filters = filters(flat, count(index, selectivity));
                for (int ef : efs) {
                    runs.add(measure(index, filters, selectivity, ef, scanUs));
                }
                stage.advance(1);
            }
        }
        return runs;
    }

    /** Time of exact search of all rows, by themselves and in a row. */
    private double scanUs(FlatIndex flat) {
        SearchScratch scratch = flat.newScratch(plan.k(), plan.k());
        SearchTimer.Times times =
                timer.time(
                        queries.length,
                        i -> flat.searchInto(scratch, queries[i], plan.k(), 1, ordinals, scores));
        return US_PER_SECOND / times.qps();
    }

    private List<Accepted> filters(FlatIndex flat, int count) {
        SearchScratch scratch = flat.newScratch(plan.k(), plan.k());
        SearchRequest request = new SearchRequest().k(plan.k()).efSearch(plan.k());
        OrdinalSet some = randomRows(flat.size(), count);
        List<Accepted> filters = new ArrayList<>();
        for (float[] query : queries) {
            OrdinalSet rows =
                    switch (plan.filters().kind()) {
                        case RANDOM -> some;
                        case NEAR -> rowsByScore(query, count, true);
                        case FAR -> rowsByScore(query, count, false);
                    };
            int found = flat.searchInto(scratch, query, request.filter(rows), ordinals, scores);
            filters.add(new Accepted(rows, ordinals[Math.min(found, count) - 1]));
        }
        return filters;
    }

    /** So many rows, each set of them as likely as any other. */
    private static OrdinalSet randomRows(int rows, int count) {
        OrdinalBitSet set = new OrdinalBitSet(rows);
        SplitRandom random = new SplitRandom(1);
        int missing = count;
        for (int row = 0; row < rows; row++) {
            if (random.nextInt(rows - row) < missing) {
                set.add(row);
                missing--;
            }
        }
        return set;
    }

    /** The rows nearest to a query or farthest from it, and those that are as near or far. */
    private OrdinalSet rowsByScore(float[] query, int count, boolean isNear) {
        float[] all = new float[data.base().count()];
        for (int row = 0; row < all.length; row++) {
            float score = data.score(query, row);
            all[row] = isNear ? score : 0f - score;
        }
        float[] sorted = all.clone();
        Arrays.parallelSort(sorted);
        float least = sorted[sorted.length - count];
        OrdinalBitSet set = new OrdinalBitSet(all.length);
        for (int row = 0; row < all.length; row++) {
            if (all[row] >= least) {
                set.add(row);
            }
        }
        return set;
    }

    private AnnBenchmarkResult.FilteredRun measure(
            VectorIndex index, List<Accepted> filters, double selectivity, int ef, double scanUs) {
        int effort = Math.min(ef, Math.max(plan.k(), index.size()));
        SearchScratch scratch = index.newScratch(plan.k(), Math.max(plan.k(), effort));
        SearchRequest request = new SearchRequest().k(plan.k()).efSearch(effort);
        Map<FilterRegime, Integer> ways = new EnumMap<>(FilterRegime.class);
        int wanted = Math.min(plan.k(), count(index, selectivity));
        long accepted = 0;
        long hits = 0;
        for (int i = 0; i < queries.length; i++) {
            Accepted filter = filters.get(i);
            request.filter(filter.rows());
            int found = index.searchInto(scratch, queries[i], request, ordinals, scores);
            hits += Math.min(wanted, hits(filter, queries[i], found));
            accepted += filter.rows().cardinality();
            FilterRegime way = scratch.filterRegime();
            if (way != null) {
                ways.merge(way, 1, Integer::sum);
            }
        }
        SearchTimer.Times times =
                timer.time(
                        queries.length,
                        i ->
                                index.searchInto(
                                        scratch,
                                        queries[i],
                                        request.filter(filters.get(i).rows()),
                                        ordinals,
                                        scores));
        return new AnnBenchmarkResult.FilteredRun(
                selectivity,
                ef,
                (double) accepted / queries.length,
                (double) hits / ((long) wanted * queries.length),
                times.qps(),
                times.p99Us(),
                scanUs,
                ways.getOrDefault(FilterRegime.SCAN, 0),
                ways.getOrDefault(FilterRegime.MASKED, 0),
                ways.getOrDefault(FilterRegime.PLAIN, 0));
    }

    private static int count(VectorIndex index, double selectivity) {
        return Math.max(1, (int) Math.round(selectivity * index.size()));
    }

    /** Accepted rows that are as near as the last of those that are to be found. */
    private int hits(Accepted filter, float[] query, int found) {
        float least = data.score(query, filter.last());
        int hits = 0;
        for (int i = 0; i < found; i++) {
            boolean isHit =
                    filter.rows().contains(ordinals[i]) && data.score(query, ordinals[i]) >= least;
            hits += isHit ? 1 : 0;
        }
        return hits;
    }
}
