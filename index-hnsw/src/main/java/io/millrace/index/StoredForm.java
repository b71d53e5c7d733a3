package io.millrace.index;

import io.millrace.core.HotPath;
import io.millrace.core.error.MillraceException;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.VectorKernels;
import io.millrace.index.graph.Lift;
import io.millrace.index.graph.Rotation;

import org.jspecify.annotations.Nullable;

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
 * <p>Rows whose differences are coded are rotated, too, which changes neither distances nor
 * products; their dimension becomes a multiple of 32.
 *
 * @param metric how alike vectors are.
 * @param dimension numbers per vector of the caller.
 * @param longest the length rows were brought to, or 0 where rows are stored in their own
 *     dimension.
 * @param rotation how rows are turned, or null where they are not.
 */
record StoredForm(Metric metric, int dimension, float longest, @Nullable Rotation rotation) {
    private static final VectorKernels KERNELS = Kernels.vector();

    /** Squares of numbers up to this, summed up over any dimension, fit a float. */
    private static final float LARGEST_NUMBER = 1e15f;

    /** Dot products of rows whose lengths differ by no more than this part need no change. */
    private static final float SAME_LENGTH = 1e-3f;

    private static final long ROTATION_SEED = 0x51EEDL;

    /** Whether rows of a metric can have been brought to such a length, or to none at 0. */
    static boolean isLength(Metric metric, float longest) {
        return metric == Metric.INNER_PRODUCT
                ? longest >= 0 && longest < Float.POSITIVE_INFINITY
                : longest == 0;
    }

    /** The form of rows that are known. */
    static StoredForm of(Metric metric, int dimension, float longest, boolean isRotated) {
        int own = longest > 0 ? dimension + 1 : dimension;
        int whole = Math.ceilDiv(own, Integer.SIZE) * Integer.SIZE;
        Rotation rotation = isRotated ? new Rotation(whole, ROTATION_SEED) : null;
        return new StoredForm(metric, dimension, longest, rotation);
    }

    /**
     * Looks through rows and chooses how to store them.
     *
     * @param metric how alike vectors are.
     * @param vectors the rows; refused when one is not finite, too large, or zero under COSINE.
     * @param isRotated whether rows are to be rotated.
     */
    static StoredForm choose(Metric metric, VectorSet vectors, boolean isRotated) {
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
        return of(metric, dimension, isAugmented ? longest : 0, isRotated);
    }

    /** Numbers per stored row. */
    int storedDimension() {
        if (rotation != null) {
            return rotation.dimension();
        }
        return isLifted() ? dimension + 1 : dimension;
    }

    /** Whether rows were brought to one length by a number more. */
    boolean isLifted() {
        return longest > 0;
    }

    /** Where the number that brings rows to one length points, or null where there is none. */
    @Nullable Lift lift() {
        if (!isLifted()) {
            return null;
        }
        float[] direction = new float[storedDimension()];
        direction[dimension] = 1;
        if (rotation != null) {
            rotation.rotate(direction);
        }
        return new Lift(direction);
    }

    /** Whether the distance of stored rows is minus their dot product. */
    boolean isDot() {
        return metric != Metric.L2;
    }

    /**
     * Turns a row.
     *
     * @param row an array of the padded dimension that begins with the caller's numbers; what comes
     *     behind them does not matter.
     */
    void toStored(float[] row) {
        Arrays.fill(row, dimension, row.length, 0);
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
        if (rotation != null) {
            rotation.rotate(row);
        }
    }

    /**
     * Turns a stored row back, as far as it can be.
     *
     * @param row the row with its padding, of which the first {@link #dimension} numbers are the
     *     caller's afterwards.
     */
    @HotPath
    void fromStored(float[] row) {
        if (rotation != null) {
            rotation.rotateBack(row);
        }
        if (longest > 0) {
            for (int i = 0; i < dimension; i++) {
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
        if (rotation != null) {
            rotation.rotate(target);
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
