package io.millrace.ranker.factors;

import io.millrace.core.HotPath;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.SectionFile;
import io.millrace.core.file.SectionFileWriter;
import io.millrace.core.simd.Kernels;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.model.Weights;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The vectors of all items, and what it takes to find the vector of a user for them.
 *
 * <p>File: section file of kind {@code FACTORS}: {@code shape} (int32: items, dimension), {@code
 * schema} (fingerprint), {@code settings} (float32: α, λ, weight of long views), {@code vectors}
 * (float32, one item after the other).
 *
 * <p>Threading: immutable.
 */
public final class ItemFactors {
    private static final String KIND = "FACTORS";
    private static final int VERSION = 1;
    private static final int SIZES = 2;

    private final FactorSettings settings;
    private final float[] vectors;
    private final float[] gram;

    /**
     * Takes trained vectors.
     *
     * @param settings what they explain.
     * @param vectors vectors in the order of ordinals, one after the other; not to be written any
     *     more.
     */
    public ItemFactors(FactorSettings settings, float[] vectors) {
        this.settings = settings;
        this.vectors = vectors;
        this.gram = Gram.of(vectors, settings.dimension(), settings.unwatchedWeight());
    }

    /**
     * Reads factors.
     *
     * @param path the file.
     * @param schema the declared features whose histories they must have been learnt from.
     * @return the factors.
     * @throws MillraceException CORRUPT_FILE when the file is damaged or holds numbers that are not
     *     finite, MISMATCH when it belongs to another schema.
     */
    public static ItemFactors load(Path path, FeatureSchema schema) {
        try (SectionFile file = SectionFile.open(path, KIND, VERSION)) {
            Weights.requireSchema(file, schema, "factors", "build the bundle again");
            int[] shape = file.readInts("shape");
            if (shape.length != SIZES || shape[0] < 0) {
                throw MillraceException.corrupt(
                        path, "bad sizes of the factors: sizes=%s", Arrays.toString(shape));
            }
            FactorSettings settings = readSettings(file, shape[1]);
            // A length that does not fit is refused before memory is asked for.
            long bytes = (long) Float.BYTES * shape[0] * shape[1];
            if (file.section("vectors").byteSize() != bytes) {
                throw MillraceException.corrupt(
                        path,
                        "factors of another shape: items=%d, dimension=%d, length=%d bytes,"
                                + " expected=%d",
                        shape[0],
                        shape[1],
                        file.section("vectors").byteSize(),
                        bytes);
            }
            float[] vectors = new float[Math.multiplyExact(shape[0], shape[1])];
            Weights.copy(file, "vectors", MemorySegment.ofArray(vectors));
            return new ItemFactors(settings, vectors);
        }
    }

    private static FactorSettings readSettings(SectionFile file, int dimension) {
        float[] numbers = new float[3];
        Weights.copy(file, "settings", MemorySegment.ofArray(numbers));
        try {
            return new FactorSettings(dimension, numbers[0], numbers[1], numbers[2]);
        } catch (MillraceException e) {
            // The record blames the caller's choice; here it is the file that is wrong.
            throw MillraceException.corrupt(
                    file.path(),
                    "bad settings of the factors: dimension=%d, settings=%s",
                    dimension,
                    Arrays.toString(numbers));
        }
    }

    /**
     * Writes the factors.
     *
     * @param path where to.
     * @param schema the declared features whose histories they were learnt from.
     */
    public void save(Path path, FeatureSchema schema) {
        try (SectionFileWriter writer = SectionFileWriter.create(path, KIND, VERSION)) {
            writer.ints("shape", new int[] {count(), settings.dimension()})
                    .longs("schema", new long[] {schema.fingerprint()})
                    .floats(
                            "settings",
                            new float[] {
                                settings.unwatchedWeight(),
                                settings.regularisation(),
                                settings.longWeight()
                            })
                    .floats("vectors", vectors)
                    .commit();
        }
    }

    /**
     * What the vectors explain.
     *
     * @return the settings.
     */
    public FactorSettings settings() {
        return settings;
    }

    /**
     * How many items.
     *
     * @return the count.
     */
    public int count() {
        return vectors.length / settings.dimension();
    }

    /**
     * A way to users' vectors.
     *
     * @param schema the features of the users' rows.
     * @return a new one for one thread.
     */
    public FoldIn newFoldIn(FeatureSchema schema) {
        return new FoldIn(this, schema);
    }

    /**
     * Scores all items.
     *
     * @param user vector of a user.
     * @param scores where the score of each ordinal goes.
     */
    @HotPath
    public void scoreInto(float[] user, float[] scores) {
        int count = count();
        for (int item = 0; item < count; item++) {
            scores[item] = score(item, user);
        }
    }

    /**
     * Scores an item.
     *
     * @param item ordinal of the item.
     * @param user vector of a user.
     * @return the score.
     */
    @HotPath
    public float score(int item, float[] user) {
        int dimension = settings.dimension();
        return Kernels.vector().dot(user, 0, vectors, item * dimension, dimension);
    }

    /**
     * The vector of an item.
     *
     * @param item ordinal of the item.
     * @param target where it goes, from element 0.
     */
    public void vectorInto(int item, float[] target) {
        int dimension = settings.dimension();
        System.arraycopy(vectors, item * dimension, target, 0, dimension);
    }

    /** The vectors, for the solver. */
    float[] vectors() {
        return vectors;
    }

    /** α G, for the solver. */
    float[] gram() {
        return gram;
    }
}
