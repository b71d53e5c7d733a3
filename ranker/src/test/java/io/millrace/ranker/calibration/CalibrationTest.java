package io.millrace.ranker.calibration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.MillraceException;
import io.millrace.core.json.Json;
import io.millrace.core.random.SplitRandom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/** Fits beside plain formulas that share no code with them. */
final class CalibrationTest {
    @TempDir private Path folder;

    /**
     * At the minimum of the log loss both sums of errors vanish, and nowhere else: it is convex.
     */
    @Test
    void shouldLeaveNoGradientWhenPlattIsFitted() {
        Sample sample = new Sample(3, 2_000);
        PlattCalibration fitted = PlattCalibration.fit(sample.scores, sample.labels);
        long positives = IntStream.range(0, 2_000).filter(i -> sample.labels[i]).count();
        double high = (positives + 1.0) / (positives + 2.0);
        double low = 1.0 / (2_000 - positives + 2.0);
        double sum = 0;
        double weighted = 0;
        for (int i = 0; i < 2_000; i++) {
            double p = sample.scores[i];
            double logit = Math.log(p / (1 - p));
            double calibrated = 1 / (1 + Math.exp(-fitted.slope() * logit - fitted.intercept()));
            double error = calibrated - (sample.labels[i] ? high : low);
            sum += error;
            weighted += error * logit;
            assertEquals(calibrated, fitted.apply(sample.scores[i]), 1e-6);
        }
        assertEquals(0, sum, 1e-4);
        assertEquals(0, weighted, 1e-4);
    }

    /** Labels come by sigmoid(2 · logit - 1); the fit has to find these numbers again. */
    @Test
    void shouldFindTheCurveThatMadeTheLabels() {
        Sample sample = new Sample(9, 40_000);
        PlattCalibration fitted = PlattCalibration.fit(sample.scores, sample.labels);
        assertEquals(2, fitted.slope(), 0.1);
        assertEquals(-1, fitted.intercept(), 0.1);
    }

    @Test
    void shouldPoolAsTheMinMaxFormulaSays() {
        SplitRandom random = new SplitRandom(4);
        for (int round = 0; round < 50; round++) {
            int count = 2 + random.nextInt(60);
            float[] scores = new float[count];
            boolean[] labels = new boolean[count];
            for (int i = 0; i < count; i++) {
                // A few levels only, so that there are ties.
                scores[i] = (1 + random.nextInt(20)) / 22f;
                labels[i] = random.nextFloat() < scores[i];
            }
            labels[0] = false;
            labels[1] = true;
            checkIsotonic(scores, labels);
        }
    }

    /**
     * Barlow et al., Statistical inference under order restrictions, 1972: the fit at a level is
     * the largest over lower ends of the least over upper ends of the mean of what lies between.
     */
    private static void checkIsotonic(float[] scores, boolean[] labels) {
        IsotonicCalibration fitted = IsotonicCalibration.fit(scores, labels);
        double margin = 1.0 / (labels.length + 2);
        List<Float> levels = levels(scores);
        List<Double> expected = new ArrayList<>();
        for (int at = 0; at < levels.size(); at++) {
            double best = 0;
            for (int from = 0; from <= at; from++) {
                double least = 1;
                for (int to = at; to < levels.size(); to++) {
                    least = Math.min(least, mean(scores, labels, levels.get(from), levels.get(to)));
                }
                best = Math.max(best, least);
            }
            expected.add(Math.clamp(best, margin, 1 - margin));
        }
        List<Float> shares = fitted.probabilities();
        List<Double> distinct = expected.stream().distinct().toList();
        assertEquals(distinct.size(), shares.size(), () -> distinct + " and " + shares);
        for (int pool = 0; pool < shares.size(); pool++) {
            double share = distinct.get(pool);
            assertEquals(share, shares.get(pool), 1e-6);
            double meanScore =
                    IntStream.range(0, scores.length)
                            .filter(i -> expected.get(levels.indexOf(scores[i])) == share)
                            .mapToDouble(i -> scores[i])
                            .average()
                            .orElseThrow();
            assertEquals(meanScore, fitted.scores().get(pool), 1e-6);
            assertEquals(share, fitted.apply(fitted.scores().get(pool)), 1e-6);
        }
        checkBetween(fitted);
    }

    private static void checkBetween(IsotonicCalibration fitted) {
        List<Float> scores = fitted.scores();
        List<Float> shares = fitted.probabilities();
        assertEquals(shares.getFirst(), fitted.apply(0));
        assertEquals(shares.getLast(), fitted.apply(1));
        for (int i = 1; i < scores.size(); i++) {
            float middle = (scores.get(i - 1) + scores.get(i)) / 2;
            assertEquals((shares.get(i - 1) + shares.get(i)) / 2, fitted.apply(middle), 1e-4);
        }
    }

    @Test
    void shouldSurviveBeingWrittenAndRead() {
        Sample sample = new Sample(5, 300);
        for (Calibration calibration :
                List.of(
                        PlattCalibration.fit(sample.scores, sample.labels),
                        IsotonicCalibration.fit(sample.scores, sample.labels))) {
            Path path = folder.resolve("calibration.json");
            Json.writeAtomically(path, calibration);
            assertTrue(Files.exists(path));
            Calibration read = Json.read(path, Calibration.class);
            for (float score : sample.scores) {
                assertEquals(calibration.apply(score), read.apply(score));
            }
        }
    }

    /** A file of the click alone is what it was before there were others. */
    @Test
    void shouldKeepEachHeadsOwnWhenThereAreSeveral() throws IOException {
        PlattCalibration click = new PlattCalibration(1.5, -0.5);
        IsotonicCalibration like =
                new IsotonicCalibration(List.of(0.1f, 0.4f), List.of(0.01f, 0.02f));
        Path several = folder.resolve("several.json");
        HeadCalibrations.of(Map.of("click", click, "like", like)).write(several);
        HeadCalibrations read = HeadCalibrations.read(several);
        assertEquals(click, read.of("click"));
        Calibration ofLikes = Objects.requireNonNull(read.of("like"));
        for (float score : new float[] {0, 0.2f, 1}) {
            assertEquals(like.apply(score), ofLikes.apply(score));
        }
        assertNull(read.of("long_view"));
        Path alone = folder.resolve("alone.json");
        Path before = folder.resolve("before.json");
        HeadCalibrations.of(Map.of("click", click)).write(alone);
        Json.writeAtomically(before, click);
        assertEquals(-1, Files.mismatch(before, alone));
        assertEquals(HeadCalibrations.of(Map.of("click", click)), HeadCalibrations.read(before));
        Path broken = folder.resolve("broken.json");
        for (String text : List.of("{\"heads\": null}", "{\"heads\": {\"like\": null}}", "{}")) {
            Files.writeString(broken, text);
            assertThrows(MillraceException.class, () -> HeadCalibrations.read(broken), text);
        }
    }

    @Test
    void shouldRefuseWhatCannotBeFitted() {
        float[] scores = {0.1f, 0.9f};
        boolean[] rising = {false, true};
        assertThrows(
                MillraceException.class,
                () -> IsotonicCalibration.fit(scores, new boolean[] {true, true}));
        assertThrows(
                MillraceException.class, () -> PlattCalibration.fit(new float[] {0.5f}, rising));
        assertThrows(
                MillraceException.class,
                () -> PlattCalibration.fit(new float[] {Float.NaN, 1}, rising));
        float[] wrongWay = {0.9f, 0.8f, 0.2f, 0.1f};
        boolean[] labels = {false, false, true, true};
        assertThrows(MillraceException.class, () -> PlattCalibration.fit(wrongWay, labels));
        assertThrows(
                MillraceException.class,
                () -> new IsotonicCalibration(List.of(0.5f, 0.4f), List.of(0.1f, 0.2f)));
    }

    private static List<Float> levels(float[] scores) {
        List<Float> levels = new ArrayList<>();
        for (float score : scores) {
            if (!levels.contains(score)) {
                levels.add(score);
            }
        }
        levels.sort(Comparator.naturalOrder());
        return levels;
    }

    private static double mean(float[] scores, boolean[] labels, float from, float to) {
        return IntStream.range(0, scores.length)
                .filter(i -> scores[i] >= from && scores[i] <= to)
                .mapToDouble(i -> labels[i] ? 1 : 0)
                .average()
                .orElseThrow();
    }

    /** Scores of a model whose logits should have been 2 · logit - 1. */
    private static final class Sample {
        final float[] scores;
        final boolean[] labels;

        Sample(long seed, int count) {
            SplitRandom random = new SplitRandom(seed);
            scores = new float[count];
            labels = new boolean[count];
            for (int i = 0; i < count; i++) {
                double logit = random.nextGaussian();
                scores[i] = (float) (1 / (1 + Math.exp(-logit)));
                labels[i] = random.nextDouble() < 1 / (1 + Math.exp(1 - 2 * logit));
            }
        }
    }
}
