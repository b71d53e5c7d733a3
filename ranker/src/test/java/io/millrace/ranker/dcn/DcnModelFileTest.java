package io.millrace.ranker.dcn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.SectionFileWriter;
import io.millrace.core.metrics.AllocationMeter;
import io.millrace.ranker.dcn.network.DcnShape;
import io.millrace.ranker.dcn.network.DcnStructure;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.model.DenseLayer;
import io.millrace.ranker.model.WeightType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Files of each version as it was first written. */
final class DcnModelFileTest {
    private static final FeatureSchema SCHEMA =
            new FeatureSchema(
                    FeatureSchema.FORMAT,
                    "golden",
                    0,
                    List.of(
                            FeatureField.categorical(FeatureScope.USER, "user_id", 5, "user"),
                            FeatureField.categorical(FeatureScope.ITEM, "item_id", 6, "item"),
                            FeatureField.numeric(FeatureScope.ITEM, "length", 2, 0.5f)),
                    Map.of());
    private static final DcnShape SHAPE = new DcnShape(2, 1, 0, DcnStructure.PARALLEL, List.of(3));

    @TempDir Path folder;

    /** Version 2 has two heads; who has no others goes on writing it, so earlier readers do too. */
    @ParameterizedTest
    @CsvSource({"ranker-2.section, 'click,long_view'", "ranker-3.section, 'click,like,share'"})
    void shouldReadAndWriteTheGoldenFile(String name, String heads)
            throws IOException, URISyntaxException {
        Path golden = Path.of(Objects.requireNonNull(getClass().getResource(name), name).toURI());
        RankerHeads named = new RankerHeads(List.of(heads.split(",", -1)));
        Path written = folder.resolve(name);
        try (DcnModel model = DcnModel.initial(SCHEMA, SHAPE, named, 1);
                DcnModel read = DcnModel.load(golden, SCHEMA)) {
            fill(model);
            model.save(written);
            assertEquals(named, read.heads());
            assertEquals(named.count(), read.network().heads());
            for (int i = 0; i < model.network().layers().size(); i++) {
                DenseLayer layer = model.network().layers().get(i);
                DenseLayer other = read.network().layers().get(i);
                assertArrayEquals(layer.weights(), other.weights(), "layer " + i);
                assertArrayEquals(layer.bias(), other.bias(), "layer " + i);
            }
        }
        assertArrayEquals(Files.readAllBytes(golden), Files.readAllBytes(written));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "like", "click\\nclick", "click\\n", "click\\nLIKE"})
    void shouldRefuseHeadsThatMakeNoSense(String lines) {
        byte[] bytes = lines.replace("\\n", "\n").getBytes(StandardCharsets.UTF_8);
        Path file = folder.resolve("heads");
        try (SectionFileWriter writer = SectionFileWriter.create(file, "DCNV2", 3)) {
            writer.ints("shape", new int[] {2, 1, 0, 0, 0, 3});
            writer.longs("schema", new long[] {SCHEMA.fingerprint()});
            writer.section("heads", MemorySegment.ofArray(bytes)).commit();
        }
        MillraceException e =
                assertThrows(MillraceException.class, () -> DcnModel.load(file, SCHEMA));
        assertEquals(ErrorCode.CORRUPT_FILE, e.code());
        assertTrue(e.getMessage().contains("bad heads of the ranker"), e.getMessage());
    }

    /** Sixteen layers of 4,096 units by 4,096 inputs would be two gigabytes. */
    @Test
    void shouldAllocateNothingForLayersThatTheFileDoesNotHold() {
        int[] sizes = new int[5 + 16];
        Arrays.fill(sizes, 5, sizes.length, 4_096);
        sizes[0] = SHAPE.embedding();
        sizes[1] = SHAPE.crossLayers();
        Path file = folder.resolve("claims");
        try (DcnModel model = DcnModel.initial(SCHEMA, SHAPE, 1);
                SectionFileWriter writer = SectionFileWriter.create(file, "DCNV2", 2)) {
            writer.ints("shape", sizes);
            writer.longs("schema", new long[] {SCHEMA.fingerprint()});
            model.input().embeddings().write(writer, WeightType.F32);
            model.network().write(writer);
            writer.commit();
        }
        long before = AllocationMeter.currentThreadAllocatedBytes();
        MillraceException e =
                assertThrows(MillraceException.class, () -> DcnModel.load(file, SCHEMA));
        long allocated = AllocationMeter.currentThreadAllocatedBytes() - before;
        assertEquals(ErrorCode.CORRUPT_FILE, e.code());
        assertTrue(e.getMessage().contains("weights of another shape"), e.getMessage());
        assertTrue(allocated < 1 << 20, "bytes=" + allocated);
    }

    private static void fill(DcnModel model) {
        model.input().tables().values().forEach(table -> table.fillGaussian(0, 1));
        for (DenseLayer layer : model.network().layers()) {
            for (int i = 0; i < layer.weights().length; i++) {
                layer.weights()[i] = (i % 7 - 3) / 8f;
            }
            for (int i = 0; i < layer.bias().length; i++) {
                layer.bias()[i] = (i + 1) / 4f;
            }
            layer.repack();
        }
    }
}
