package io.millrace.index;

import io.millrace.core.file.SectionRepair;
import io.millrace.core.fuzz.Fuzzing;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

final class HnswFuzzTest {
    private static final int K = 5;
    private static final int EFFORT = 20;
    private static final List<Function<Path, HnswIndex>> OPENINGS =
            List.of(HnswFile::open, HnswFile::map);

    @TempDir private Path folder;

    @Test
    void shouldReadOrRefuseWhenBytesAreChanged() throws IOException {
        Path file = folder.resolve("file");
        Fuzzing fuzzing = Fuzzing.of("hnsw");
        for (GoldenIndexes index : GoldenIndexes.values()) {
            fuzzing.seeds(Files.readAllBytes(index.file()));
        }
        fuzzing.repairing(SectionRepair::repaired)
                .run(
                        input -> {
                            Files.write(file, input);
                            for (Function<Path, HnswIndex> opening : OPENINGS) {
                                try (HnswIndex index = opening.apply(file)) {
                                    search(index);
                                }
                            }
                        });
    }

    /** What was let in must be fit to be searched. */
    private static void search(HnswIndex index) {
        float[] query = new float[index.dimension()];
        query[0] = 1;
        int[] ordinals = new int[K];
        float[] scores = new float[K];
        SearchScratch scratch = index.newScratch(K, EFFORT);
        int found = index.searchInto(scratch, query, K, EFFORT, ordinals, scores);
        for (int i = 0; i < found; i++) {
            index.itemId(ordinals[i]);
        }
    }
}
