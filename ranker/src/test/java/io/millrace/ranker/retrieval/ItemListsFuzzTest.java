package io.millrace.ranker.retrieval;

import io.millrace.core.file.SectionRepair;
import io.millrace.core.fuzz.Fuzzing;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

final class ItemListsFuzzTest {
    @TempDir private Path folder;

    @Test
    void shouldReadOrRefuseWhenBytesAreChanged() throws IOException {
        Path file = folder.resolve("lists");
        try (ItemLists lists =
                ItemLists.of(ItemListsTest.ITEMS, ItemListsTest.LISTED, ItemListsTest.SCORES)) {
            lists.save(file, ItemListsTest.SCHEMA);
        }
        Fuzzing.of("lists")
                .seeds(Files.readAllBytes(file))
                .repairing(SectionRepair::repaired)
                .run(input -> readAll(Files.write(file, input)));
    }

    /** What was let in must be fit to be read. */
    private static void readAll(Path file) {
        try (ItemLists lists = ItemLists.load(file, ItemListsTest.SCHEMA, ItemListsTest.ITEMS)) {
            for (int list = 0; list < lists.count(); list++) {
                for (int i = 0; i < lists.length(list); i++) {
                    lists.score(list, i);
                    int item = lists.item(list, i);
                    if (item < 0 || item >= lists.itemCount()) {
                        throw new AssertionError("no such item: " + item);
                    }
                }
            }
        }
    }
}
