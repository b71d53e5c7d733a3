package io.millrace.index.bench;

import io.millrace.core.simd.CodeKernels;
import io.millrace.index.GraphLayout;
import io.millrace.index.HnswParameters;
import io.millrace.index.IndexSize;
import io.millrace.index.VectorSet;
import io.millrace.index.graph.RowType;

import java.util.ArrayList;
import java.util.List;

/**
 * What each layout takes for the same rows, by the formula that plans are made with: rows of
 * float32, and of bytes in SQ8. Rows of unlike lengths under INNER_PRODUCT have one number more.
 */
final class LayoutSizes {
    private LayoutSizes() {}

    static List<AnnBenchmarkResult.LayoutBytes> of(VectorSet rows, HnswParameters parameters) {
        List<AnnBenchmarkResult.LayoutBytes> layouts = new ArrayList<>();
        layouts.add(
                new AnnBenchmarkResult.LayoutBytes(
                        IndexChoice.Layout.FLAT, 0, VectorSet.strideOf(rows.dimension())));
        if (rows.count() > 0) {
            HnswParameters floats = parameters.withRowType(RowType.F32);
            HnswParameters plain = floats.withLayout(GraphLayout.F32);
            layouts.add(graph(rows, plain, 0));
            layouts.add(graph(rows, plain.withRowType(RowType.INT8), 0));
            HnswParameters inlined = floats.withLayout(GraphLayout.INLINED);
            for (int bits = 1; bits <= CodeKernels.LARGEST_BITS; bits++) {
                layouts.add(graph(rows, inlined.withCodeBits(bits), bits));
            }
        }
        return layouts;
    }

    private static AnnBenchmarkResult.LayoutBytes graph(
            VectorSet rows, HnswParameters parameters, int codeBits) {
        IndexSize size = IndexSize.of(rows.count(), rows.dimension(), parameters);
        return new AnnBenchmarkResult.LayoutBytes(
                IndexChoice.Layout.of(parameters.layout(), parameters.rowType()),
                codeBits,
                (double) (size.nodeBytes() + size.upperBytes()) / rows.count());
    }
}
