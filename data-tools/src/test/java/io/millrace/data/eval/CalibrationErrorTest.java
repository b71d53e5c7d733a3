package io.millrace.data.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.random.SplitRandom;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

final class CalibrationErrorTest {
    /** 30 impressions in 15 bins of two, each bin's error written down by hand. */
    @Test
    void shouldAddUpTheBinsWeightedByTheirSize() {
        float[] probabilities = new float[30];
        boolean[] labels = new boolean[30];
        double expected = 0;
        for (int bin = 0; bin < 15; bin++) {
            probabilities[2 * bin] = bin / 15f;
            probabilities[2 * bin + 1] = (bin + 0.5f) / 15f;
            labels[2 * bin] = bin % 2 == 0;
            labels[2 * bin + 1] = bin % 3 == 0;
            double share = ((bin % 2 == 0 ? 1 : 0) + (bin % 3 == 0 ? 1 : 0)) / 2.0;
            expected += Math.abs((bin + 0.25) / 15 - share) / 15;
        }
        assertEquals(expected, CalibrationError.expected(probabilities, labels), 1e-6);
    }

    /** Beside a formula over boxed lists. */
    @Test
    void shouldAgreeWithAPlainFormulaWhenThereAreNoTies() {
        SplitRandom random = new SplitRandom(11);
        for (int round = 0; round < 30; round++) {
            int count = 1 + random.nextInt(400);
            float[] probabilities = new float[count];
            boolean[] labels = new boolean[count];
            for (int i = 0; i < count; i++) {
                probabilities[i] = (i + random.nextFloat() / 2) / count;
                labels[i] = random.nextFloat() < 0.3;
            }
            List<Integer> order =
                    IntStream.range(0, count)
                            .boxed()
                            .sorted(Comparator.comparingDouble(i -> probabilities[i]))
                            .toList();
            double expected = 0;
            for (int bin = 0; bin < 15; bin++) {
                int own = bin;
                List<Integer> members =
                        IntStream.range(0, count)
                                .filter(rank -> rank * 15 / count == own)
                                .mapToObj(order::get)
                                .toList();
                double mean = members.stream().mapToDouble(i -> probabilities[i]).sum();
                double clicks = members.stream().filter(i -> labels[i]).count();
                expected += Math.abs(mean - clicks) / count;
            }
            assertEquals(expected, CalibrationError.expected(probabilities, labels), 1e-5);
        }
    }

    @Test
    void shouldBeTheDistanceToTheShareWhenAllAreTheSame() {
        float[] probabilities = new float[100];
        Arrays.fill(probabilities, 0.4f);
        boolean[] labels = new boolean[100];
        Arrays.fill(labels, 0, 25, true);
        assertEquals(0.15, CalibrationError.expected(probabilities, labels), 1e-6);
    }

    @Test
    void shouldBeSmallForTrueProbabilitiesAndLargeForBoldOnes() {
        SplitRandom random = new SplitRandom(2);
        float[] honest = new float[20_000];
        float[] bold = new float[honest.length];
        boolean[] labels = new boolean[honest.length];
        for (int i = 0; i < honest.length; i++) {
            double logit = random.nextGaussian();
            honest[i] = (float) (1 / (1 + Math.exp(-logit)));
            bold[i] = (float) (1 / (1 + Math.exp(-3 * logit)));
            labels[i] = random.nextFloat() < honest[i];
        }
        assertTrue(CalibrationError.expected(honest, labels) < 0.02);
        assertTrue(CalibrationError.expected(bold, labels) > 0.1);
    }
}
