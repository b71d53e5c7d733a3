package io.millrace.ranker.retrieval;

import io.millrace.core.HotPath;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.SectionFile;
import io.millrace.core.file.SectionFileWriter;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.model.Weights;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Joins the vectors of towers and factors and the trend of an item into one, so that one inner
 * product is what all three say together, each in units of how far it spreads over all items for
 * the user:
 *
 * <pre>
 *   score = q·t / σ(q) + f·g / σ(f) + w z
 *
 *   user  ( q / (s σ(q)),  f / (s' σ(f)),  1   )
 *   item  ( s t,           s' g,           w z )
 * </pre>
 *
 * with q and f the user's vectors, t and g the item's, z the trend, and w {@link #TREND_WEIGHT}.
 * What the mean of a user's scores is makes no difference to their order. The scales s and s' leave
 * the product as it is; they make the components of users' vectors alike, so that items are
 * neighbours in the graph where they are to users.
 *
 * <p>File: section file of kind {@code BLEND}: {@code shape} (int32: components of the towers, of
 * the factors), {@code schema} (fingerprint), {@code scales} (float32: s, s'), {@code towers} and
 * {@code factors} (float32: the covariance of the vectors of all items, row by row).
 *
 * <p>Threading: immutable. Allocation: none after construction.
 */
public final class Blend {
    /**
     * What the trend weighs, in deviations: docs/decisions/0018-retrievers-beside-the-towers.md.
     */
    public static final float TREND_WEIGHT = 0.3f;

    /** Below this, the share of users that factors estimate is noise. */
    private static final float LEAST_SHARE = 0.03f;

    private static final String KIND = "BLEND";
    private static final int VERSION = 1;

    private final ScoreSpread towers;
    private final ScoreSpread factors;
    private final float towerScale;
    private final float factorScale;

    private Blend(ScoreSpread towers, ScoreSpread factors, float towerScale, float factorScale) {
        this.towers = towers;
        this.factors = factors;
        this.towerScale = towerScale;
        this.factorScale = factorScale;
    }

    /**
     * Learns how far scores spread.
     *
     * @param towerVectors of items spread over all, one after the other.
     * @param towerDimension components of one.
     * @param factorVectors of items spread over all, one after the other.
     * @param factorDimension components of one.
     * @return a blend whose scales are 1.
     */
    public static Blend of(
            float[] towerVectors, int towerDimension, float[] factorVectors, int factorDimension) {
        return new Blend(
                ScoreSpread.of(towerVectors, towerDimension),
                ScoreSpread.of(factorVectors, factorDimension),
                1,
                1);
    }

    /**
     * The same with other scales.
     *
     * @param ofTowers s, above 0.
     * @param ofFactors s', above 0.
     * @return a copy.
     */
    public Blend withScales(float ofTowers, float ofFactors) {
        if (!isScale(ofTowers) || !isScale(ofFactors)) {
            throw MillraceException.badInput(
                    "bad scales of a blend: towers=%s, factors=%s; give finite ones above 0",
                    ofTowers, ofFactors);
        }
        return new Blend(towers, factors, ofTowers, ofFactors);
    }

    /**
     * Reads a blend.
     *
     * @param path the file.
     * @param schema the declared features of the models it joins.
     * @return the blend.
     * @throws MillraceException CORRUPT_FILE when the file is damaged or holds numbers that make no
     *     sense, MISMATCH when it belongs to another schema.
     */
    public static Blend load(Path path, FeatureSchema schema) {
        try (SectionFile file = SectionFile.open(path, KIND, VERSION)) {
            Weights.requireSchema(file, schema, "blend", "build the bundle again");
            int[] shape = file.readInts("shape");
            if (shape.length != 2 || shape[0] < 1 || shape[1] < 1) {
                throw MillraceException.corrupt(
                        path, "bad sizes of a blend: sizes=%s", Arrays.toString(shape));
            }
            float[] scales = new float[2];
            Weights.copy(file, "scales", MemorySegment.ofArray(scales));
            if (!isScale(scales[0]) || !isScale(scales[1])) {
                throw MillraceException.corrupt(
                        path, "bad scales of a blend: scales=%s", Arrays.toString(scales));
            }
            return new Blend(
                    readSpread(file, "towers", shape[0]),
                    readSpread(file, "factors", shape[1]),
                    scales[0],
                    scales[1]);
        }
    }

    private static ScoreSpread readSpread(SectionFile file, String name, int dimension) {
        // A length that does not fit is refused before memory is asked for.
        long bytes = (long) Float.BYTES * dimension * dimension;
        if (file.section(name).byteSize() != bytes) {
            throw MillraceException.corrupt(
                    file.path(),
                    "spread of another shape: section=%s, dimension=%d, length=%d bytes,"
                            + " expected=%d",
                    name,
                    dimension,
                    file.section(name).byteSize(),
                    bytes);
        }
        float[] covariance = new float[dimension * dimension];
        Weights.copy(file, name, MemorySegment.ofArray(covariance));
        return new ScoreSpread(dimension, covariance);
    }

    private static boolean isScale(float scale) {
        return scale > 0 && Float.isFinite(scale);
    }

    /**
     * Writes the blend.
     *
     * @param path where to.
     * @param schema the declared features of the models it joins.
     */
    public void save(Path path, FeatureSchema schema) {
        try (SectionFileWriter writer = SectionFileWriter.create(path, KIND, VERSION)) {
            writer.ints("shape", new int[] {towerDimension(), factorDimension()})
                    .longs("schema", new long[] {schema.fingerprint()})
                    .floats("scales", new float[] {towerScale, factorScale})
                    .floats("towers", towers.covariance())
                    .floats("factors", factors.covariance())
                    .commit();
        }
    }

    /**
     * Components of the towers' vectors.
     *
     * @return the dimension.
     */
    public int towerDimension() {
        return towers.dimension();
    }

    /**
     * Components of the factors.
     *
     * @return the dimension.
     */
    public int factorDimension() {
        return factors.dimension();
    }

    /**
     * Components of a joined vector: those of the towers, those of the factors, and the trend.
     *
     * @return the dimension.
     */
    public int dimension() {
        return towerDimension() + factorDimension() + 1;
    }

    /**
     * Joins what is known of an item.
     *
     * @param tower vector of the item tower.
     * @param ofFactors factors of the item.
     * @param trend in deviations from the mean of all items.
     * @param vector where the joined vector goes.
     */
    public void itemInto(float[] tower, float[] ofFactors, float trend, float[] vector) {
        scaleInto(tower, towerDimension(), towerScale, vector, 0);
        scaleInto(ofFactors, factorDimension(), factorScale, vector, towerDimension());
        vector[dimension() - 1] = TREND_WEIGHT * trend;
    }

    /** Replaces what the towers say of an item in a joined vector. */
    void towerInto(float[] tower, float[] vector) {
        scaleInto(tower, towerDimension(), towerScale, vector, 0);
    }

    /**
     * Joins what is known of a user.
     *
     * @param tower vector of the query tower, zeros where it has nothing to say.
     * @param ofFactors vector folded in, zeros where there is no history.
     * @param vector where the joined vector goes; zeros where both are.
     */
    @HotPath
    void userInto(float[] tower, float[] ofFactors, float[] vector) {
        float ofTowers = inverse(towerScale * towers.of(tower));
        float ofHistory = inverse(factorScale * factors.of(ofFactors));
        scaleInto(tower, towerDimension(), ofTowers, vector, 0);
        scaleInto(ofFactors, factorDimension(), ofHistory, vector, towerDimension());
        vector[dimension() - 1] = ofTowers > 0 || ofHistory > 0 ? 1 : 0;
    }

    /** What a unit of a user's products with factors counts; 0 where they say nothing. */
    @HotPath
    float factorWeight(float[] ofFactors) {
        return inverse(factors.of(ofFactors));
    }

    /**
     * What the share of users that factors estimate says of an item.
     *
     * @param share product of the factors of user and item.
     * @return its logarithm, bounded below.
     */
    @HotPath
    public static float logarithm(float share) {
        return (float) Math.log(Math.max(share, 0) + LEAST_SHARE);
    }

    /** 0 for what does not spread at all: it tells no item from another. */
    private static float inverse(float spread) {
        float inverse = 1 / spread;
        return Float.isFinite(inverse) ? inverse : 0;
    }

    private static void scaleInto(float[] from, int count, float factor, float[] to, int at) {
        for (int i = 0; i < count; i++) {
            to[at + i] = factor * from[i];
        }
    }
}
