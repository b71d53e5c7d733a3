package io.millrace.jmh.peers.driver;

import io.github.jbellis.jvector.graph.GraphIndexBuilder;
import io.github.jbellis.jvector.graph.GraphSearcher;
import io.github.jbellis.jvector.graph.ImmutableGraphIndex;
import io.github.jbellis.jvector.graph.ListRandomAccessVectorValues;
import io.github.jbellis.jvector.graph.RandomAccessVectorValues;
import io.github.jbellis.jvector.graph.SearchResult;
import io.github.jbellis.jvector.graph.similarity.BuildScoreProvider;
import io.github.jbellis.jvector.graph.similarity.DefaultSearchScoreProvider;
import io.github.jbellis.jvector.util.Bits;
import io.github.jbellis.jvector.vector.VectorSimilarityFunction;
import io.github.jbellis.jvector.vector.VectorizationProvider;
import io.github.jbellis.jvector.vector.types.VectorFloat;
import io.github.jbellis.jvector.vector.types.VectorTypeSupport;
import io.millrace.index.VectorSet;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ForkJoinPool;

/**
 * JVector's graph in memory over rows at full precision, with the parameters of its tutorial and
 * the degree of the others.
 */
final class JVectorEngine implements SearchEngine {
    private static final float NEIGHBOUR_OVERFLOW = 1.2f;
    private static final float ALPHA = 1.2f;

    private final ImmutableGraphIndex graph;
    private final GraphSearcher searcher;
    private final RandomAccessVectorValues rows;
    private final List<VectorFloat<?>> queries;
    private final VectorSimilarityFunction similarity;
    private final KernelLog kernelLog;
    private final int k;
    private int ef;

    private JVectorEngine(
            ImmutableGraphIndex graph,
            RandomAccessVectorValues rows,
            List<VectorFloat<?>> queries,
            VectorSimilarityFunction similarity,
            KernelLog kernelLog,
            int k) {
        this.graph = graph;
        searcher = new GraphSearcher(graph);
        this.rows = rows;
        this.queries = queries;
        this.similarity = similarity;
        this.kernelLog = kernelLog;
        this.k = k;
        ef = k;
    }

    static JVectorEngine build(VectorSet base, float[][] queries, DriverSettings settings)
            throws IOException {
        KernelLog kernelLog = KernelLog.listen("io.github.jbellis.jvector.vector");
        VectorTypeSupport types = VectorizationProvider.getInstance().getVectorTypeSupport();
        List<VectorFloat<?>> vectors = new ArrayList<>(base.count());
        for (int i = 0; i < base.count(); i++) {
            float[] row = new float[base.dimension()];
            base.get(i, row, 0);
            vectors.add(types.createFloatVector(row));
        }
        List<VectorFloat<?>> queryVectors = new ArrayList<>(queries.length);
        for (float[] query : queries) {
            queryVectors.add(types.createFloatVector(query.clone()));
        }
        RandomAccessVectorValues rows = new ListRandomAccessVectorValues(vectors, base.dimension());
        VectorSimilarityFunction similarity =
                settings.space() == Space.L2
                        ? VectorSimilarityFunction.EUCLIDEAN
                        : VectorSimilarityFunction.DOT_PRODUCT;
        try (ForkJoinPool crew = new ForkJoinPool(settings.threads());
                GraphIndexBuilder builder =
                        GraphIndexBuilder.builder(
                                        BuildScoreProvider.randomAccessScoreProvider(
                                                rows, similarity),
                                        base.dimension(),
                                        2 * DriverSettings.MAX_CONNECTIONS)
                                .withBeamWidth(DriverSettings.EF_CONSTRUCTION)
                                .withNeighborOverflow(NEIGHBOUR_OVERFLOW)
                                .withAlpha(ALPHA)
                                .withSimdExecutor(crew)
                                .withParallelExecutor(crew)
                                .build()) {
            return new JVectorEngine(
                    builder.build(rows), rows, queryVectors, similarity, kernelLog, settings.k());
        }
    }

    @Override
    public String kernels() {
        return kernelLog.text();
    }

    @Override
    public double bytesPerVector() {
        return (double) graph.ramBytesUsed() / rows.size() + rows.getVector(0).ramBytesUsed();
    }

    @Override
    public void setEffort(int effort) {
        ef = effort;
    }

    @Override
    public int searchInto(int query, int[] ordinals, int index) {
        SearchResult result =
                searcher.search(
                        DefaultSearchScoreProvider.exact(queries.get(query), similarity, rows),
                        k,
                        ef,
                        0,
                        0,
                        Bits.ALL);
        SearchResult.NodeScore[] nearest = result.getNodes();
        for (int i = 0; i < nearest.length; i++) {
            ordinals[index + i] = nearest[i].node;
        }
        return nearest.length;
    }

    @Override
    public void close() throws IOException {
        searcher.close();
        graph.close();
    }
}
