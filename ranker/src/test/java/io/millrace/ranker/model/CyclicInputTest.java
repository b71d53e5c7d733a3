package io.millrace.ranker.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.MillraceException;
import io.millrace.ranker.features.ContextEncoder;
import io.millrace.ranker.features.ContextSource;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

final class CyclicInputTest {
    private static final int HOURS = 24;
    private static final long MS_PER_HOUR = 3_600_000;
    private static final FeatureField HOUR =
            FeatureField.cyclic("hour_circle", HOURS, ContextSource.HOUR_OF_DAY);
    private static final FeatureSchema SCHEMA =
            new FeatureSchema(FeatureSchema.FORMAT, "x", 0, List.of(HOUR), Map.of());

    @TempDir private Path folder;

    private final EmbeddingTable none = new EmbeddingTable("", 1, 1);
    private final FeatureInput input =
            new FeatureInput(SCHEMA.layout(FeatureScope.CONTEXT), List.of(HOUR), List.of(none));

    @Test
    void shouldPutHoursOnTheCircle() {
        assertEquals(2, input.width());
        for (int hour = 0; hour < HOURS; hour++) {
            float[] point = point(hour * MS_PER_HOUR);
            assertEquals(Math.sin(hour * Math.PI / 12), point[0], 1e-6);
            assertEquals(Math.cos(hour * Math.PI / 12), point[1], 1e-6);
        }
    }

    @Test
    void shouldBeAsNearOverMidnightAsAtNoon() {
        double step = 2 * Math.sin(Math.PI / HOURS);
        for (int hour = 0; hour < HOURS; hour++) {
            float[] one = point(hour * MS_PER_HOUR);
            float[] next = point((hour + 1) * MS_PER_HOUR);
            assertEquals(step, Math.hypot(one[0] - next[0], one[1] - next[1]), 1e-6);
        }
    }

    @Test
    void shouldBeTheMiddleWhenMissingOrUnseen() {
        assertArrayEquals(new float[2], point(0, -1));
        assertArrayEquals(new float[2], point(0, HOURS));
    }

    @Test
    void shouldHaveNothingToLearn() throws IOException {
        assertTrue(SCHEMA.tables().isEmpty());
        Path path = folder.resolve("schema.json");
        SCHEMA.write(path);
        assertEquals(SCHEMA.fields(), FeatureSchema.read(path).fields());
        String bad = Files.readString(path).replace("\"table\" : \"\"", "\"table\" : \"hour\"");
        Files.writeString(path, bad);
        MillraceException e = assertThrows(MillraceException.class, () -> FeatureSchema.read(path));
        assertTrue(
                e.getMessage().contains("field=hour_circle, encoding=CYCLIC, table=hour"),
                e.getMessage());
    }

    private float[] point(long timestampMs, int... codes) {
        ContextEncoder encoder = new ContextEncoder(SCHEMA);
        MemorySegment row = Arena.ofAuto().allocate(encoder.rowBytes());
        encoder.encodeInto(timestampMs, new int[1], codes, codes.length, row, 0);
        float[] point = {7, 7};
        input.gatherInto(row, 0, point, 0);
        return point;
    }
}
