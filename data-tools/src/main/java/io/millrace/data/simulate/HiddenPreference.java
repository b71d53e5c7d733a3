package io.millrace.data.simulate;

import io.millrace.core.error.MillraceException;
import io.millrace.core.file.SectionFile;
import io.millrace.core.file.SectionFileWriter;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.DatasetLayout;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What the users of a simulated world really want on the day of serving: the probability that user
 * u clicks item i when it is shown first, at an average hour, {@code sigmoid(<u, i>)} over vectors
 * of {@link #DIMENSION} components. It is the gain by which served answers are judged, and nothing
 * of it is in any feature.
 *
 * <p>Threading: immutable, any thread. Allocation: none for scoring.
 */
public final class HiddenPreference {
    /** Components of the space of taste. */
    static final int LATENT = 16;

    /** Components of a vector: taste, quality, two of duration, and one. */
    static final int DIMENSION = LATENT + 4;

    private static final String KIND = "TRUTH";
    private static final int VERSION = 1;

    private final float[] users;
    private final float[] items;

    HiddenPreference(float[] users, float[] items) {
        this.users = users;
        this.items = items;
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
            HiddenPreference preference =
                    new HiddenPreference(file.readFloats("users"), file.readFloats("items"));
            if (preference.userCount() != dataset.users().count()
                    || preference.itemCount() != dataset.items().count()) {
                throw MillraceException.corrupt(
                        path,
                        "of another data set: users=%d of %d, items=%d of %d",
                        preference.userCount(),
                        dataset.users().count(),
                        preference.itemCount(),
                        dataset.items().count());
            }
            return Optional.of(preference);
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
        return items.length / DIMENSION;
    }

    /**
     * What a user wants of one item.
     *
     * @param user row of the user.
     * @param item row of the item.
     * @return probability of a click, 0 to 1.
     */
    public float gain(int user, int item) {
        return sigmoid(affinity(user * DIMENSION, item * DIMENSION));
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
        int at = user * DIMENSION;
        for (int item = from; item < to; item++) {
            out[item - from] = sigmoid(affinity(at, item * DIMENSION));
        }
    }

    void write(Path path) {
        try (SectionFileWriter writer = SectionFileWriter.create(path, KIND, VERSION)) {
            writer.floats("users", users).floats("items", items).commit();
        }
    }

    static float sigmoid(float x) {
        return (float) (1 / (1 + StrictMath.exp(-x)));
    }

    private float affinity(int user, int item) {
        float sum = 0;
        for (int i = 0; i < DIMENSION; i++) {
            sum += users[user + i] * items[item + i];
        }
        return sum;
    }
}
