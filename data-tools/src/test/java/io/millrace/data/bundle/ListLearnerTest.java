package io.millrace.data.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.retrieve.Retriever;
import io.millrace.data.train.collaborative.NeighbourPlan;
import io.millrace.data.train.collaborative.WatchedWorld;
import io.millrace.ranker.retrieval.ItemLists;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

/** Lists of data so small that they can be told by hand. */
final class ListLearnerTest {
    private static final int ITEMS = 6;

    @TempDir private Path folder;

    /** Of each history the last ten places count, an item once. */
    @Test
    void shouldListWhatMostWatchedLast() {
        int[][] histories = {
            {5, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2}, {4, 1}, {1, 3}, {}, {4, 2, 4},
        };
        try (ItemLists lists = learn(Retriever.POPULAR, histories)) {
            assertEquals(1, lists.count());
            int[] items = {1, 2, 4, 0, 3};
            int[] counts = {3, 2, 2, 1, 1};
            assertEquals(items.length, lists.length(0), "nobody watched item 5 so late");
            for (int i = 0; i < items.length; i++) {
                assertEquals(items[i], lists.item(0, i));
                assertEquals(counts[i], lists.score(0, i));
            }
        }
    }

    @Test
    void shouldRefuseToListNothing() {
        assertRefused(Retriever.ITEM_KNN, new int[][] {{0}, {1}, {}, {2}});
        assertRefused(Retriever.POPULAR, new int[][] {{}, {}, {}, {}});
    }

    private void assertRefused(Retriever way, int[][] histories) {
        MillraceException e =
                assertThrows(MillraceException.class, () -> learn(way, histories).close());
        assertEquals(ErrorCode.BAD_INPUT, e.code());
        assertTrue(e.getMessage().contains("users=4"), e.getMessage());
    }

    private ItemLists learn(Retriever way, int[][] histories) {
        Path path = folder.resolve(way.label());
        WatchedWorld.write(path, ITEMS, histories);
        try (Dataset dataset = Dataset.open(path)) {
            return ListLearner.learn(
                    dataset, way, NeighbourPlan.defaults(1), ProgressListener.NONE);
        }
    }
}
