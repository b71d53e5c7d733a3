package io.millrace.index;

import io.millrace.core.HotPath;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;

import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.IntStream;

/**
 * Exact search: every row is looked at.
 *
 * <p>Threading: immutable; any thread. Ownership: reads the caller's rows in place, which must
 * outlive it.
 */
public final class FlatIndex implements VectorIndex {
    private final StoredRows rows;
    private final ItemIds ids;

    FlatIndex(StoredRows rows, ItemIds ids) {
        this.rows = rows;
        this.ids = ids;
    }

    /**
     * An index over rows.
     *
     * @param vectors the rows, not copied; under COSINE they must have length 1.
     * @param itemIds one id per row.
     * @param metric how alike vectors are.
     * @return the index.
     */
    public static FlatIndex over(VectorSet vectors, long[] itemIds, Metric metric) {
        return new FlatIndex(
                StoredRows.over(vectors, metric), new ItemIds(itemIds, vectors.count()));
    }

    /**
     * The exact answers of many queries.
     *
     * @param queries the queries.
     * @param k how many answers each.
     * @param threads how many threads share the work; the answers do not depend on it.
     * @param progress told of every query.
     * @return ordinals, best first, one array per query.
     */
    public int[][] exactTopK(VectorSet queries, int k, int threads, ProgressListener progress) {
        int[][] answers = new int[queries.count()][];
        try (ForkJoinPool pool = new ForkJoinPool(threads);
                ProgressListener.Stage stage = progress.start("search exactly", queries.count())) {
            pool.submit(
                            () ->
                                    IntStream.range(0, threads)
                                            .parallel()
                                            .forEach(
                                                    shard ->
                                                            answerShard(
                                                                    queries, k, threads, shard,
                                                                    answers, stage)))
                    .get();
            return answers;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof MillraceException own
                    ? own
                    : new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void answerShard(
            VectorSet queries,
            int k,
            int shards,
            int shard,
            int[][] answers,
            ProgressListener.Stage stage) {
        SearchScratch scratch = newScratch(Math.max(1, Math.min(k, Math.max(1, size()))), 1);
        float[] query = new float[queries.dimension()];
        int[] ordinals = new int[k];
        float[] scores = new float[k];
        for (int i = shard; i < queries.count(); i += shards) {
            queries.get(i, query, 0);
            int found = searchInto(scratch, query, k, 1, ordinals, scores);
            answers[i] = Arrays.copyOf(ordinals, found);
            stage.advance(1);
        }
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

    @Override
    public SearchScratch newScratch(int maxK, int maxEf) {
        return new SearchScratch(0, rows.storedDimension(), maxK, maxEf);
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
        int wanted = SearchAnswer.wanted(scratch, k, 1, rows.count());
        rows.prepareInto(query, scratch.query);
        if (wanted == 0) {
            return 0;
        }
        Beam beam = scratch.beam;
        beam.reset(wanted);
        for (int first = 0; first < rows.count(); first += SearchScratch.BATCH) {
            int count = Math.min(SearchScratch.BATCH, rows.count() - first);
            for (int i = 0; i < count; i++) {
                scratch.batch[i] = first + i;
            }
            rows.distances(scratch.query, scratch.batch, 0, count, scratch.distances);
            float bound = beam.bound();
            for (int i = 0; i < count; i++) {
                if (scratch.distances[i] <= bound) {
                    beam.offer(scratch.distances[i], first + i);
                    bound = beam.bound();
                }
            }
        }
        return SearchAnswer.copy(beam, wanted, ordinals, scores);
    }

    @Override
    public void close() {}
}
