package io.millrace.index;

import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.VectorKernels;
import io.millrace.index.graph.LayeredGraph;
import io.millrace.index.graph.RowSpace;

/**
 * What keeping rows as {@link HnswParameters#rowType} costs: relative errors of Euclidean distances
 * between a row as it was and the rows linked to it as they are kept. Far rows would show less of
 * it.
 *
 * @param meanError mean of the errors, 0 where there are no distances.
 * @param worstError largest of the errors.
 */
public record RoundingLoss(double meanError, double worstError) {
    /** Nothing was rounded. */
    public static final RoundingLoss NONE = new RoundingLoss(0, 0);

    private static final VectorKernels KERNELS = Kernels.vector();
    private static final int SAMPLE = 1000;

    /**
     * Measures an index.
     *
     * @param index the index.
     * @param vectors the rows it was built from.
     * @return the loss, of a sample of the rows.
     */
    public static RoundingLoss of(HnswIndex index, VectorSet vectors) {
        StoredForm form = index.form();
        RowSpace space = index.memory().space(form.isDot());
        LayeredGraph graph = index.memory().graph();
        int[] links = new int[graph.capacity(0)];
        float[] own = new float[space.paddedDimension()];
        float[] exact = new float[own.length];
        float[] kept = new float[own.length];
        double sum = 0;
        double worst = 0;
        long count = 0;
        int step = Math.max(1, index.size() / SAMPLE);
        for (int node = 0; node < index.size(); node += step) {
            vectors.get(node, own, 0);
            form.toStored(own);
            int degree = graph.linksInto(node, 0, links);
            for (int i = 0; i < degree; i++) {
                vectors.get(links[i], exact, 0);
                form.toStored(exact);
                space.copyInto(links[i], kept);
                double truth = distance(own, exact);
                if (truth > 0) {
                    double error = Math.abs(distance(own, kept) - truth) / truth;
                    sum += error;
                    worst = Math.max(worst, error);
                    count++;
                }
            }
        }
        return count == 0 ? NONE : new RoundingLoss(sum / count, worst);
    }

    private static double distance(float[] a, float[] b) {
        return Math.sqrt(KERNELS.squaredDistance(a, 0, b, 0, a.length));
    }
}
