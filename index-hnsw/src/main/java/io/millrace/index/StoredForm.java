package io.millrace.index;

import io.millrace.core.HotPath;
import io.millrace.core.error.MillraceException;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.VectorKernels;

import java.util.Arrays;

/**
 * How the rows of a metric are stored so that one of two distances serves it, and how queries and
 * distances are turned to fit.
 *
 * <p>Graphs don't work for dot products of rows of unlike lengths: the long ones attract all
 * searches, many short ones are nobody's neighbour. So such rows get one more dimension that brings
 * them all to the length of the longest (Bachrach et al.: Speeding up the Xbox recommender system
 * using a Euclidean transformation for inner-product spaces, RecSys 2014), and are scaled to length
 * 1:
 *
 * <pre>
 *   row   x  →  [x, sqrt(longest² - |x|²)] / longest
 *   query q  →  [q, 0]                                 their dot product is q·x / longest
 * </pre>
 *
 * @param metric how alike vectors are.
 * @param dimension numbers per vector of the caller.
 * @param longest the length rows were brought to, or 0 where rows are stored in their own
 *     dimension.
 */
record StoredForm(Metric metric, int dimension, float longest) {
    private static final VectorKernels KERNELS = Kernels.vector();

    /** Squares of numbers up to this, summed up over any dimension, fit a float. */
    private static final float LARGEST_NUMBER = 1e15f;

    /** Dot products of rows whose lengths differ by no more than this part need no change. */
    private static final float SAME_LENGTH = 1e-3f;

    /**
     * Looks through rows and chooses how to store them.
     *
     * @param metric how alike vectors are.
     * @param vectors the rows; refused when one is not finite, too large, or zero under COSINE.
     */
    static StoredForm choose(Metric metric, VectorSet vectors) {
        int dimension = vectors.dimension();
        float[] row = new float[dimension];
        float shortest = Float.POSITIVE_INFINITY;
        float longest = 0;
        for (int i = 0; i < vectors.count(); i++) {
            vectors.get(i, row, 0);
            checkNumbers(row, i);
            float length = (float) Math.sqrt(KERNELS.dot(row, 0, row, 0, dimension));
            if (metric == Metric.COSINE && KERNELS.normalise(row, 0, dimension) == 0) {
                throw MillraceException.badInput(
                        "a zero vector has no direction: row=%d, metric=%s; leave the row out or"
                                + " choose another metric",
                        i, metric);
            }
            shortest = Math.min(shortest, length);
            longest = Math.max(longest, length);
        }
        boolean isAugmented =
                metric == Metric.INNER_PRODUCT && shortest < longest * (1 - SAME_LENGTH);
        return new StoredForm(metric, dimension, isAugmented ? longest : 0);
    }

    /** Numbers per stored row. */
    int storedDimension() {
        return longest > 0 ? dimension + 1 : dimension;
    }

    /** Whether the distance of stored rows is minus their dot product. */
    boolean isDot() {
        return metric != Metric.L2;
    }

    /** Turns a row in an array that has room for {@link #storedDimension()} numbers. */
    void toStored(float[] row) {
        if (metric == Metric.COSINE) {
            KERNELS.normalise(row, 0, dimension);
        } else if (longest > 0) {
            double rest = (double) longest * longest;
            for (int i = 0; i < dimension; i++) {
                rest -= (double) row[i] * row[i];
            }
            row[dimension] = (float) Math.sqrt(Math.max(0, rest));
            for (int i = 0; i <= dimension; i++) {
                row[i] /= longest;
            }
        }
    }

    /** Turns the caller's part of a stored row back, as far as it can be. */
    @HotPath
    void fromStored(float[] row, int index) {
        if (longest > 0) {
            for (int i = index; i < index + dimension; i++) {
                row[i] *= longest;
            }
        }
    }

    /** Whether {@link #queryInto} takes a query. */
    @HotPath
    boolean accepts(float[] query) {
        return query.length == dimension
                && areUsable(query)
                && (metric != Metric.COSINE || !isZero(query));
    }

    private static boolean isZero(float[] query) {
        for (float number : query) {
            if (number != 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * Copies a query in its stored form, padded with zeros.
     *
     * @param query the caller's vector.
     * @param target an array of the padded dimension.
     */
    @HotPath
    void queryInto(float[] query, float[] target) {
        if (query.length != dimension) {
            throw MillraceException.badInput(
                    "query of another dimension: dimension=%d, index=%d; embed it with the model of"
                            + " the index",
                    query.length, dimension);
        }
        checkNumbers(query, -1);
        System.arraycopy(query, 0, target, 0, dimension);
        Arrays.fill(target, dimension, target.length, 0f);
        if (metric == Metric.COSINE && KERNELS.normalise(target, 0, dimension) == 0) {
            throw MillraceException.badInput(
                    "a zero query has no direction: metric=%s; search by another vector", metric);
        }
    }

    /** Score of a distance between a query and a row, both in stored form. */
    @HotPath
    float score(float distance) {
        float score = 0f - distance;
        return longest > 0 ? score * longest : score;
    }

    /** Refuses numbers that distances can't be computed from. */
    @HotPath
    private static void checkNumbers(float[] numbers, int row) {
        if (!areUsable(numbers)) {
            throw badNumber(numbers, row);
        }
    }

    private static boolean areUsable(float[] numbers) {
        boolean areUsable = true;
        for (float number : numbers) {
            areUsable &= Math.abs(number) <= LARGEST_NUMBER;
        }
        return areUsable;
    }

    private static MillraceException badNumber(float[] numbers, int row) {
        int column = 0;
        while (Math.abs(numbers[column]) <= LARGEST_NUMBER) {
            column++;
        }
        String where = row < 0 ? "query" : "row=" + row;
        return MillraceException.badInput(
                "not a usable number: %s, column=%d, value=%s, limit=%s; mend the vectors",
                where, column, numbers[column], LARGEST_NUMBER);
    }
}
