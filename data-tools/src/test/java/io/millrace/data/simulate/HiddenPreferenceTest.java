package io.millrace.data.simulate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.DatasetLayout;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

final class HiddenPreferenceTest {
    private static final SimulationPlan PLAN = SimulationPlan.defaults(1_500, 4_001, 11);
    private static final int JUDGED_USERS = 100;

    @TempDir private static Path folder;
    private static Dataset dataset;
    private static HiddenPreference preference;

    @BeforeAll
    static void simulate() {
        Simulator.run(PLAN, folder.resolve("world"), ProgressListener.NONE);
        dataset = Dataset.open(folder.resolve("world"));
        preference = HiddenPreference.of(dataset).orElseThrow();
    }

    @AfterAll
    static void close() {
        dataset.close();
    }

    /** The law of the world, written down once more in double precision. */
    @Test
    void shouldBeTheLawOfTheWorldOnTheServingDay() {
        ItemWorld items = new ItemWorld(PLAN.items(), PLAN.seed());
        UserWorld users = new UserWorld(PLAN.users(), items, PLAN.seed());
        float[] taste = new float[HiddenPreference.DIMENSION];
        float[] gains = new float[PLAN.items()];
        int latent = HiddenPreference.LATENT;
        for (int user = 0; user < PLAN.users(); user += 131) {
            users.taste(user).advanceTo(Calendar.SERVING_DAY).vectorInto(taste, 0);
            // The component beside (ln d)² is -0.3, that beside ln d is 0.6 m.
            double liked = taste[latent + 1] / 0.6;
            double readiness = taste[latent + 3] + 0.3 * liked * liked;
            preference.scoreInto(user, 0, PLAN.items(), gains);
            for (int item = 0; item < PLAN.items(); item++) {
                int at = item * HiddenPreference.DIMENSION;
                double product = 0;
                double square = 0;
                for (int i = 0; i < latent; i++) {
                    product += (double) taste[i] * items.vectors[at + i];
                    square += (double) items.vectors[at + i] * items.vectors[at + i];
                }
                double off = Math.log(items.durationOf[item]) - liked;
                double affinity =
                        6 * product / Math.sqrt(square)
                                + 0.7 * items.vectors[at + latent]
                                - 0.3 * off * off
                                + readiness;
                assertEquals(1 / (1 + Math.exp(-affinity)), gains[item], 2e-5);
            }
        }
    }

    @Test
    void shouldScoreRangesAndSingleItemsAlike() {
        float[] all = new float[PLAN.items()];
        preference.scoreInto(3, 0, PLAN.items(), all);
        for (int[] range : new int[][] {{0, 1}, {1, 2_050}, {4_000, 4_001}, {17, 17}, {5, 4_001}}) {
            float[] some = new float[range[1] - range[0]];
            preference.scoreInto(3, range[0], range[1], some);
            for (int i = 0; i < some.length; i++) {
                assertEquals(all[range[0] + i], some[i], "item " + (range[0] + i));
                assertEquals(some[i], preference.gain(3, range[0] + i));
            }
        }
        for (float gain : all) {
            assertTrue(gain > 0 && gain < 1, "gain " + gain);
        }
    }

    @Test
    void shouldRefuseUsersAndItemsThatAreNotThere() {
        float[] out = new float[10];
        assertThrows(
                IndexOutOfBoundsException.class,
                () -> preference.scoreInto(PLAN.users(), 0, 10, out));
        assertThrows(
                IndexOutOfBoundsException.class,
                () -> preference.scoreInto(0, PLAN.items() - 5, PLAN.items() + 5, out));
    }

    /**
     * There is something to learn: the world's order beats what a look at histories gives, that
     * beats popularity, and that beats chance.
     */
    @Test
    void shouldRewardKnowledge() {
        VisibleWorld visible = new VisibleWorld(dataset);
        double chance = 0;
        double popularity = 0;
        double content = 0;
        float[] gains = new float[PLAN.items()];
        for (int user = 0; user < JUDGED_USERS; user++) {
            preference.scoreInto(user, 0, PLAN.items(), gains);
            double ideal = gainOfBestTen(gains, gains);
            popularity += gainOfBestTen(logViews(visible), gains) / ideal;
            content += gainOfBestTen(contentScores(visible, user), gains) / ideal;
            chance += gainOfBestTen(hashes(user), gains) / ideal;
        }
        double[] ndcg = {chance / JUDGED_USERS, popularity / JUDGED_USERS, content / JUDGED_USERS};
        assertTrue(ndcg[0] < 0.2, () -> Arrays.toString(ndcg));
        assertTrue(ndcg[1] > ndcg[0] + 0.08, () -> Arrays.toString(ndcg));
        assertTrue(ndcg[2] > ndcg[1] + 0.2, () -> Arrays.toString(ndcg));
        assertTrue(ndcg[2] < 0.9, () -> Arrays.toString(ndcg));
    }

    @Test
    void shouldSayWhenItsFileIsDamagedOrGoneOrOfAnotherWorld() throws IOException {
        Path world = folder.resolve("damaged");
        Simulator.run(SimulationPlan.defaults(60, 300, 1), world, ProgressListener.NONE);
        Path file = world.resolve(DatasetLayout.TRUTH);
        byte[] whole = Files.readAllBytes(file);
        byte[] changed = whole.clone();
        changed[changed.length - 40] ^= 1;
        try (Dataset opened = Dataset.open(world)) {
            Files.write(file, changed);
            MillraceException e =
                    assertThrows(MillraceException.class, () -> HiddenPreference.of(opened));
            assertEquals(ErrorCode.CORRUPT_FILE, e.code());
            Files.copy(
                    folder.resolve("world").resolve(DatasetLayout.TRUTH),
                    folder.resolve("foreign"));
            Files.move(folder.resolve("foreign"), file, StandardCopyOption.REPLACE_EXISTING);
            MillraceException foreign =
                    assertThrows(MillraceException.class, () -> HiddenPreference.of(opened));
            assertEquals(ErrorCode.MISMATCH, foreign.code());
            Files.delete(file);
            assertTrue(HiddenPreference.of(opened).isEmpty());
        }
        MillraceException gone =
                assertThrows(MillraceException.class, () -> Dataset.open(world).close());
        assertTrue(gone.getMessage().contains(DatasetLayout.TRUTH), gone.getMessage());
    }

    private static double gainOfBestTen(float[] scores, float[] gains) {
        List<Integer> best =
                IntStream.range(0, scores.length)
                        .boxed()
                        .sorted((a, b) -> Float.compare(scores[b], scores[a]))
                        .limit(10)
                        .toList();
        double sum = 0;
        for (int rank = 0; rank < best.size(); rank++) {
            sum += gains[best.get(rank)] / (Math.log(rank + 2) / Math.log(2));
        }
        return sum;
    }

    private static float[] logViews(VisibleWorld visible) {
        float[] views = new float[visible.items()];
        for (int item = 0; item < views.length; item++) {
            views[item] = visible.itemNumber("log_views", item);
        }
        return views;
    }

    private static float[] hashes(int user) {
        float[] scores = new float[PLAN.items()];
        for (int item = 0; item < scores.length; item++) {
            scores[item] = (item * 40_503 + user * 9_973) % 65_536;
        }
        return scores;
    }

    /** How often category and creator were watched for long, then how popular it is. */
    private static float[] contentScores(VisibleWorld visible, int user) {
        Map<Integer, Float> categories = new HashMap<>();
        Map<Integer, Float> creators = new HashMap<>();
        int[] history = visible.sequence("long_watched", user);
        for (int item : history) {
            categories.merge(visible.itemCategory("category", item), 1f, Float::sum);
            creators.merge(visible.itemCategory("creator", item), 1f, Float::sum);
        }
        float[] scores = new float[visible.items()];
        for (int item = 0; item < scores.length; item++) {
            scores[item] =
                    categories.getOrDefault(visible.itemCategory("category", item), 0f)
                            + creators.getOrDefault(visible.itemCategory("creator", item), 0f)
                            + visible.itemNumber("log_views", item);
        }
        return scores;
    }
}
