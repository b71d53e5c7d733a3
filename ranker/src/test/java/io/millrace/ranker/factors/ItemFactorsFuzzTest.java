package io.millrace.ranker.factors;

import io.millrace.core.file.SectionRepair;
import io.millrace.core.fuzz.Fuzzing;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

final class ItemFactorsFuzzTest {
    @TempDir private Path folder;

    @Test
    void shouldReadOrRefuseWhenBytesAreChanged() throws IOException {
        Path file = folder.resolve("factors");
        FactorSettings settings = new FactorSettings(5, 0.25f, 0.02f, 0.5f);
        float[] vectors = FactorWorld.gaussians(FactorWorld.ITEMS * settings.dimension(), 3);
        new ItemFactors(settings, vectors).save(file, FactorWorld.SCHEMA);
        Fuzzing.of("factors")
                .seeds(Files.readAllBytes(file))
                .repairing(SectionRepair::repaired)
                .run(
                        input ->
                                ItemFactors.load(Files.write(file, input), FactorWorld.SCHEMA)
                                        .count());
    }
}
