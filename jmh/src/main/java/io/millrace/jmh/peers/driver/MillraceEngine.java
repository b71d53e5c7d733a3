package io.millrace.jmh.peers.driver;

import io.millrace.core.progress.ProgressListener;
import io.millrace.core.simd.Kernels;
import io.millrace.index.GraphLayout;
import io.millrace.index.HnswBuilder;
import io.millrace.index.HnswIndex;
import io.millrace.index.HnswParameters;
import io.millrace.index.Metric;
import io.millrace.index.SearchScratch;
import io.millrace.index.VectorSet;
import io.millrace.index.graph.RowType;

import java.util.stream.LongStream;

/** This project's own index. */
final class MillraceEngine implements SearchEngine {
    private final HnswIndex index;
    private final float[][] queries;
    private final int k;
    private final int[] found;
    private final float[] scores;
    private SearchScratch scratch;
    private int ef;

    private MillraceEngine(HnswIndex index, float[][] queries, int k) {
        this.index = index;
        this.queries = queries;
        this.k = k;
        found = new int[k];
        scores = new float[k];
        ef = k;
        scratch = index.newScratch(k, ef);
    }

    static MillraceEngine build(VectorSet base, float[][] queries, DriverSettings settings) {
        HnswParameters parameters =
                new HnswParameters(
                        settings.space() == Space.L2 ? Metric.L2 : Metric.INNER_PRODUCT,
                        DriverSettings.MAX_CONNECTIONS,
                        DriverSettings.EF_CONSTRUCTION,
                        1,
                        settings.threads(),
                        GraphLayout.INLINED,
                        1,
                        RowType.F32);
        long[] ids = LongStream.range(0, base.count()).toArray();
        return new MillraceEngine(
                HnswBuilder.build(base, ids, parameters, ProgressListener.NONE),
                queries,
                settings.k());
    }

    @Override
    public String kernels() {
        return Kernels.vector().name();
    }

    @Override
    public double bytesPerVector() {
        return (double) index.memoryBytes() / index.size();
    }

    @Override
    public void setEffort(int effort) {
        ef = Math.min(effort, Math.max(k, index.size()));
        scratch = index.newScratch(k, ef);
    }

    @Override
    public int searchInto(int query, int[] ordinals, int at) {
        int count = index.searchInto(scratch, queries[query], k, ef, found, scores);
        System.arraycopy(found, 0, ordinals, at, count);
        return count;
    }

    @Override
    public void close() {
        index.close();
    }
}
