package io.millrace.ranker.retrieval;

import io.millrace.core.file.SectionRepair;
import io.millrace.core.fuzz.Fuzzing;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

final class BlendFuzzTest {
    @TempDir private Path folder;

    @Test
    void shouldReadOrRefuseWhenBytesAreChanged() throws IOException {
        Path file = folder.resolve("blend");
        Blend.of(new float[] {1, 2, 3, 4}, 2, new float[] {5, 6, 8, 7, 9, 10}, 3)
                .save(file, ItemListsTest.SCHEMA);
        Fuzzing.of("blend")
                .seeds(Files.readAllBytes(file))
                .words("shape", "scales", "towers", "factors")
                .repairing(SectionRepair::repaired)
                .run(input -> join(Files.write(file, input)));
    }

    /** What was let in must be fit to join vectors with. */
    private static void join(Path file) {
        Blend blend = Blend.load(file, ItemListsTest.SCHEMA);
        float[] tower = new float[blend.towerDimension()];
        float[] factors = new float[blend.factorDimension()];
        float[] vector = new float[blend.dimension()];
        tower[0] = 1;
        factors[0] = 1;
        blend.userInto(tower, factors, vector);
        blend.itemInto(tower, factors, 1, vector);
    }
}
