package io.millrace.data.train.collaborative;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.data.dataset.Dataset;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

final class WatchCountsTest {
    /** Ordinals, oldest first; the first user has watched one item twice. */
    private static final int[][] HISTORIES = {{0, 1, 0, 2}, {1}, {}, {3, 1, 2}};

    @TempDir private Path folder;
    private Dataset dataset;

    @BeforeEach
    void write() {
        WatchedWorld.write(folder.resolve("world"), 5, HISTORIES);
        dataset = Dataset.open(folder.resolve("world"));
    }

    @AfterEach
    void close() {
        dataset.close();
    }

    @Test
    void shouldCountEachUserOnce() {
        long[] expected = {1, 3, 2, 1, 0};
        assertArrayEquals(expected, WatchCounts.of(dataset, Integer.MAX_VALUE).toArray());
        assertArrayEquals(expected, WatchCounts.of(dataset, 4).toArray());
    }

    @Test
    void shouldCountTheEndOfHistoriesOnly() {
        assertArrayEquals(new long[] {0, 1, 2, 0, 0}, WatchCounts.of(dataset, 1).toArray());
        assertArrayEquals(new long[] {1, 2, 2, 0, 0}, WatchCounts.of(dataset, 2).toArray());
    }

    @Test
    void shouldTellWhatIsOnTheRise() {
        WatchCounts all = WatchCounts.of(dataset, Integer.MAX_VALUE);
        float[] trend = WatchCounts.of(dataset, 1).trendAgainst(all);
        // Seven watches in all and three last ones over five items; a tenth of the mean is added.
        assertEquals(Math.log((2 + 0.06) / (2 + 0.14)), trend[2], 1e-6);
        assertEquals(Math.log((1 + 0.06) / (3 + 0.14)), trend[1], 1e-6);
        assertEquals(Math.log(0.06 / 0.14), trend[4], 1e-6);
        assertArrayEquals(new float[5], all.trendAgainst(all), 1e-6f);
    }

    @Test
    void shouldTellLittleOfFewWatchesWhenThereIsAPrior() {
        WatchCounts all = WatchCounts.of(dataset, Integer.MAX_VALUE);
        float[] trend = WatchCounts.of(dataset, 1).trendAgainst(all, 2);
        // Three of seven watches are last ones.
        assertEquals(Math.log((2 + 2) / (2 * 3 / 7.0 + 2)), trend[2], 1e-6);
        assertEquals(Math.log((1 + 2) / (3 * 3 / 7.0 + 2)), trend[1], 1e-6);
        assertEquals(0, trend[4], 1e-6);
        assertArrayEquals(new float[5], all.trendAgainst(all, 2), 1e-6f);
    }

    @Test
    void shouldTellNothingWhenNobodyWatched() {
        WatchedWorld.write(folder.resolve("nobody"), 2, new int[][] {{}, {}});
        try (Dataset nobody = Dataset.open(folder.resolve("nobody"))) {
            WatchCounts none = WatchCounts.of(nobody, Integer.MAX_VALUE);
            assertArrayEquals(new float[2], none.trendAgainst(none, 3));
        }
    }
}
