package io.millrace.ranker.rerank;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class RelevanceTest {
    @Test
    void shouldLeaveProbabilitiesAloneWhenTheTowersDoNotCount() {
        float[] relevance = {0.2f, 0.9f};
        Relevance.weigh(relevance, new float[] {0.9f, -0.3f}, 2, 0, 0.07f);
        assertArrayEquals(new float[] {0.2f, 0.9f}, relevance);
    }

    @Test
    void shouldMultiplyOddsOfTheTowersIntoTheProbability() {
        float[] relevance = {0.5f, 0.5f, 0.8f};
        Relevance.weigh(relevance, new float[] {0.6f, 0.5f, 0.2f}, 3, 0.3f, 0.1f);
        assertEquals(0.5f, relevance[0]);
        assertEquals(0.5 * Math.exp(-0.3), relevance[1], 1e-6);
        assertEquals(0.8 * Math.exp(-1.2), relevance[2], 1e-6);
    }

    @Test
    void shouldStayBetweenZeroAndOneWhateverTheWeight() {
        float[] relevance = {1, 1e-9f, 0.5f};
        Relevance.weigh(relevance, new float[] {-1, 1, 0}, 3, 10, 0.01f);
        for (float value : relevance) {
            assertTrue(value >= 0 && value <= 1, "relevance=" + value);
        }
    }
}
