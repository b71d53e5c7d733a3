package io.millrace.data.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.data.TaggedWorld;
import io.millrace.data.dataset.Dataset;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

final class OneHotFeaturesTest {
    @TempDir private Path folder;

    @Test
    void shouldShareOneAmongTagsByTheirWeights() {
        TaggedWorld.writeWeighted(folder.resolve("weighted"));
        TaggedWorld.writeListed(folder.resolve("listed"));
        try (Dataset weighted = Dataset.open(folder.resolve("weighted"));
                Dataset listed = Dataset.open(folder.resolve("listed"))) {
            boolean areUneven = false;
            for (long event = 0; event < weighted.train().count(); event++) {
                float[] values = values(weighted, event);
                assertArrayEquals(values(listed, event), values, 1e-6f, "event=" + event);
                for (float value : values) {
                    areUneven |= value == 0.75f || value == 0.8f;
                }
            }
            assertTrue(areUneven, "no tags of different weights");
        }
    }

    private static float[] values(Dataset dataset, long event) {
        OneHotFeatures features =
                new OneHotFeatures(dataset.schema(), dataset.users(), dataset.items());
        features.read(dataset.train(), event);
        float[] values = new float[features.dimension()];
        for (int i = 0; i < features.count(); i++) {
            values[features.index(i)] += features.value(i);
        }
        return values;
    }
}
