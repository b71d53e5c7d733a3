package io.millrace.server.funnel.search;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.core.random.SplitRandom;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

class TopSelectionTest {
    @Test
    void shouldAgreeWithSortWhenScoresRepeat() {
        SplitRandom random = new SplitRandom(5);
        TopSelection selection = new TopSelection(100);
        for (int round = 0; round < 500; round++) {
            int many = random.nextInt(200);
            int k = 1 + random.nextInt(100);
            int[] ordinals = new int[many];
            float[] scores = new float[many];
            for (int i = 0; i < many; i++) {
                ordinals[i] = (i * 7_919) % 100_003;
                scores[i] = random.nextInt(12) / 4.0f - 1;
            }
            List<Integer> places = new ArrayList<>(IntStream.range(0, many).boxed().toList());
            places.sort(
                    Comparator.comparingDouble((Integer i) -> -scores[i])
                            .thenComparingInt(i -> ordinals[i]));
            int count = selection.select(ordinals, scores, many, k);
            assertEquals(Math.min(k, many), count, "round=" + round);
            for (int i = 0; i < count; i++) {
                assertEquals(ordinals[places.get(i)], selection.ordinal(i), "round=" + round);
                assertEquals(scores[places.get(i)], selection.score(i));
            }
        }
    }
}
