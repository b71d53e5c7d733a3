package io.millrace.server.living;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class SeenPairsTest {
    private static final int USERS = 300;
    private static final int ITEMS = 100;

    @TempDir private Path folder;

    private static boolean hasSeen(long user, long item) {
        return (user * 31 + item * 17) % 5 == 0;
    }

    private static void assertAsTold(SeenPairs pairs) {
        for (long user = 0; user < USERS; user++) {
            for (long item = 0; item < ITEMS; item++) {
                assertEquals(hasSeen(user, item), pairs.contains(user, item), user + " " + item);
            }
        }
    }

    @Test
    void shouldTellWhatWasSeenAlsoAfterOpeningAgain() throws IOException {
        for (int start = 0; start < 3; start++) {
            try (SeenPairs pairs = SeenPairs.open(folder)) {
                for (long user = 0; user < USERS && start < 2; user++) {
                    for (long item = 0; item < ITEMS; item++) {
                        if (hasSeen(user, item)) {
                            pairs.add(user, item);
                        }
                    }
                }
                assertAsTold(pairs);
            }
        }
        assertEquals(8L << 20, Files.size(folder.resolve("seen")));
    }

    /** Far more than there is room for: what came last is there, and what came first is not. */
    @Test
    void shouldForgetTheOldestWhenThereAreTooMany() {
        try (SeenPairs pairs = SeenPairs.open(folder)) {
            long all = 4L << 20;
            for (long item = 0; item < all; item++) {
                pairs.add(7, item);
            }
            int first = 0;
            for (long item = 0; item < 10_000; item++) {
                first += pairs.contains(7, item) ? 1 : 0;
                assertTrue(pairs.contains(7, all - 1 - item), "of the last");
            }
            assertTrue(first < 100, "of the first: " + first);
            assertFalse(pairs.contains(8, all - 1));
        }
    }
}
