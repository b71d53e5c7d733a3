package io.millrace.data.simulate;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.SectionFile;
import io.millrace.core.file.SectionFileWriter;
import io.millrace.core.simd.ElementKernels;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.VectorKernels;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.DatasetLayout;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/**
 * What the users of a simulated world really want on the day of serving: the probability that user
 * u clicks item i when it is shown first, on a phone, at an average hour of a working day, {@code
 * sigmoid(<u, i>)} over vectors of {@link #DIMENSION} components. It is the gain by which served
 * answers are judged, and nothing of it is in any feature.
 *
 * <p>The file (section file of kind {@code TRUTH}) holds {@code users}, float32 of a user side by
 * side, and {@code items}, float32 of a component side by side, so that scoring many items is a few
 * sums of long columns.
 *
 * <p>Threading: immutable, any thread. Allocation: none for {@link #scoreInto}.
 */
public final class HiddenPreference {
    /** Components of the space of taste. */
    static final int LATENT = 16;

    /** Components of a vector: taste, quality, two of duration, and one. */
    static final int DIMENSION = LATENT + 4;

    private static final String KIND = "TRUTH";
    private static final int VERSION = 1;

    /** So many gains are summed up at a time that they stay in the first-level cache. */
    private static final int BLOCK = 2_048;

    /** Products of components up to it, and sums of those, are numbers. */
    private static final float LARGEST = 1e15f;

    private static final VectorKernels VECTORS = Kernels.vector();
    private static final ElementKernels ELEMENTS = Kernels.element();

    private final float[] users;
    private final float[] itemColumns;
    private final int items;

    private HiddenPreference(float[] users, float[] itemColumns) {
        this.users = users;
        this.itemColumns = itemColumns;
        this.items = itemColumns.length / DIMENSION;
    }

    /** A preference from the vectors of the users and those of the items, one after the other. */
    static HiddenPreference ofRows(float[] users, float[] itemRows) {
        int items = itemRows.length / DIMENSION;
        float[] columns = new float[itemRows.length];
        for (int item = 0; item < items; item++) {
            for (int d = 0; d < DIMENSION; d++) {
                columns[d * items + item] = itemRows[item * DIMENSION + d];
            }
        }
        return new HiddenPreference(users, columns);
    }

    /**
     * The hidden preference of a data set.
     *
     * @param dataset an open data set.
     * @return it, or empty when the data set is not a simulated one.
     * @throws MillraceException when its file is damaged or of another data set.
     */
    public static Optional<HiddenPreference> of(Dataset dataset) {
        Path path = dataset.path().resolve(DatasetLayout.TRUTH);
        if (Files.notExists(path)) {
            return Optional.empty();
        }
        try (SectionFile file = SectionFile.open(path, KIND, VERSION)) {
            float[] users = file.readFloats("users");
            float[] items = file.readFloats("items");
            checkLength(path, "users", users.length, dataset.users().count());
            checkLength(path, "items", items.length, dataset.items().count());
            checkFinite(path, "users", users);
            checkFinite(path, "items", items);
            return Optional.of(new HiddenPreference(users, items));
        }
    }

    /**
     * Count of users.
     *
     * @return rows of users it knows.
     */
    public int userCount() {
        return users.length / DIMENSION;
    }

    /**
     * Count of items.
     *
     * @return rows of items it knows.
     */
    public int itemCount() {
        return items;
    }

    /**
     * What a user wants of one item.
     *
     * @param user row of the user.
     * @param item row of the item.
     * @return probability of a click, 0 to 1.
     */
    public float gain(int user, int item) {
        float[] gain = new float[1];
        scoreInto(user, item, item + 1, gain);
        return gain[0];
    }

    /**
     * What a user wants of a range of items.
     *
     * @param user row of the user.
     * @param from first row of the items.
     * @param to row behind the last.
     * @param out probabilities of a click, from index 0.
     */
    public void scoreInto(int user, int from, int to, float[] out) {
        Objects.checkIndex(user, userCount());
        Objects.checkFromToIndex(from, to, items);
        for (int begin = from; begin < to; begin += BLOCK) {
            int at = begin - from;
            int length = Math.min(BLOCK, to - begin);
            Arrays.fill(out, at, at + length, 0);
            for (int d = 0; d < DIMENSION; d++) {
                VECTORS.addScaled(
                        users[user * DIMENSION + d],
                        itemColumns,
                        d * items + begin,
                        out,
                        at,
                        length);
            }
            ELEMENTS.sigmoids(out, at, length);
        }
    }

    private static void checkLength(Path path, String section, int length, int rows) {
        if (length != (long) rows * DIMENSION) {
            throw MillraceException.of(
                    ErrorCode.MISMATCH,
                    "hidden preference of another data set: file=%s, section=%s, length=%d,"
                            + " expected=%d; simulate it again",
                    path,
                    section,
                    length,
                    (long) rows * DIMENSION);
        }
    }

    /** A gain that is no number would make one of every figure that is judged by it. */
    private static void checkFinite(Path path, String section, float[] values) {
        for (int i = 0; i < values.length; i++) {
            if (!(Math.abs(values[i]) <= LARGEST)) {
                throw MillraceException.corrupt(
                        path,
                        "no hidden preference, section=%s, at=%d, value=%s",
                        section,
                        i,
                        values[i]);
            }
        }
    }

    void write(Path path) {
        try (SectionFileWriter writer = SectionFileWriter.create(path, KIND, VERSION)) {
            writer.floats("users", users).floats("items", itemColumns).commit();
        }
    }
}
