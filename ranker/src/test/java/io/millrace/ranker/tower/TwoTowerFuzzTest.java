package io.millrace.ranker.tower;

import io.millrace.core.file.SectionRepair;
import io.millrace.core.fuzz.Fuzzing;
import io.millrace.ranker.model.WeightType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

final class TwoTowerFuzzTest {
    private static final int USER = 4;

    @TempDir private Path folder;

    @Test
    void shouldReadOrRefuseWhenBytesAreChanged() throws IOException {
        Path file = folder.resolve("towers");
        Fuzzing fuzzing = Fuzzing.of("towers");
        for (WeightType type : WeightType.values()) {
            try (TwoTowerModel model = TowerWorld.model(3)) {
                model.save(file, type);
            }
            fuzzing.seeds(Files.readAllBytes(file));
        }
        try (TowerWorld world = new TowerWorld()) {
            fuzzing.words("shape", "temperature", "table.type", "query.weights1", "item.bias2")
                    .repairing(SectionRepair::repaired)
                    .run(input -> embed(Files.write(file, input), world));
        }
    }

    /** What was let in must be fit to embed users and items with. */
    private static void embed(Path file, TowerWorld world) {
        try (TwoTowerModel model = TwoTowerModel.load(file, TowerWorld.SCHEMA)) {
            float[] vector = new float[model.shape().dimension()];
            model.newQueryTower()
                    .embedInto(world.users.segment(), world.users.offset(USER), vector);
            model.newItemTower().embedInto(world.items, 7, 1, vector, 0);
        }
    }
}
