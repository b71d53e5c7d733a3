package io.millrace.ranker.dcn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.SectionFileWriter;
import io.millrace.core.memory.DirectMemory;
import io.millrace.ranker.dcn.network.DcnShape;
import io.millrace.ranker.dcn.network.DcnStructure;
import io.millrace.ranker.model.DenseLayer;
import io.millrace.ranker.model.EmbeddingTable;
import io.millrace.ranker.model.SequenceAttention;
import io.millrace.ranker.model.SequenceMatch;
import io.millrace.ranker.model.WeightType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

final class DcnModelTest {
    private static final DcnShape SHAPE =
            new DcnShape(4, 2, 0, DcnStructure.PARALLEL, List.of(12, 8));

    @TempDir Path folder;

    /** Dense weights are not rounded. */
    @ParameterizedTest
    @EnumSource
    void shouldComeBackWithTheSameNetworkWhenEmbeddingsAreRounded(WeightType type) {
        Path path = folder.resolve("rounded");
        try (DcnModel model = DcnModel.initial(RankerWorld.SCHEMA, SHAPE, 3)) {
            model.input().attentions().getFirst().logScale()[0] = 1.5f;
            model.save(path, type);
            try (DcnModel loaded = DcnModel.load(path, RankerWorld.SCHEMA)) {
                assertEquals(SHAPE, loaded.shape());
                assertEquals(type, loaded.input().embeddings().type());
                assertEquals(1.5f, loaded.input().attentions().getFirst().logScale()[0]);
                List<DenseLayer> layers = model.network().layers();
                for (int i = 0; i < layers.size(); i++) {
                    DenseLayer layer = loaded.network().layers().get(i);
                    assertArrayEquals(layers.get(i).weights(), layer.weights(), "layer " + i);
                    assertArrayEquals(layers.get(i).bias(), layer.bias(), "layer " + i);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "PARALLEL, 0, 0, true",
        "PARALLEL, 0, 0, false",
        "STACKED, 3, 0, true",
        "PARALLEL, 3, 2, true"
    })
    void shouldComeBackTheSameWhenSaved(
            DcnStructure structure, int rank, int experts, boolean attends) throws IOException {
        DcnShape shape = new DcnShape(4, 2, rank, experts, structure, !attends, List.of(12, 8, 6));
        Path first = folder.resolve("first");
        Path second = folder.resolve("second");
        try (DcnModel model = DcnModel.initial(RankerWorld.SCHEMA, shape, 3)) {
            model.input().attentions().forEach(attention -> attention.logScale()[0] = 1.5f);
            model.save(first);
            try (DcnModel loaded = DcnModel.load(first, RankerWorld.SCHEMA)) {
                assertEquals(shape, loaded.shape());
                List<SequenceAttention> attentions = loaded.input().attentions();
                assertEquals(attends ? 1 : 0, attentions.size());
                assertEquals(attends ? 2 : 0, loaded.input().impression().fieldCount());
                assertEquals(!attends, loaded.input().isSeparable());
                attentions.forEach(attention -> assertEquals(1.5f, attention.logScale()[0]));
                loaded.save(second);
            }
        }
        assertArrayEquals(Files.readAllBytes(first), Files.readAllBytes(second));
    }

    @ParameterizedTest
    @EnumSource
    void shouldComeBackWithItsMatchesWhenSaved(WeightType type) throws IOException {
        Path first = folder.resolve("first");
        Path second = folder.resolve("second");
        try (DcnModel model = matching()) {
            model.save(first, type);
        }
        try (DcnModel loaded = DcnModel.load(first, RankerWorld.SCHEMA)) {
            assertEquals(3, loaded.input().matches().size());
            assertEquals(0.25f, loaded.input().matches().get(2).mean());
            assertEquals(0.5f, loaded.input().matches().get(2).deviation());
            assertEquals(19, loaded.input().matches().get(2).vectors().dimension());
            assertFalse(loaded.input().tables().containsKey(SequenceMatch.TABLE), "is trained");
            loaded.save(second);
        }
        assertArrayEquals(Files.readAllBytes(first), Files.readAllBytes(second));
    }

    @Test
    void shouldRefuseWhenAMatchCannotBe() {
        Path path = folder.resolve("flat");
        try (DcnModel model = matching()) {
            model.input().matches().get(1).standardise(0.1f, 0);
            model.save(path);
        }
        assertCorrupt(path);
        for (int dimension : new int[] {0, -1, 1 << 20, 18}) {
            Path other = folder.resolve("match" + dimension);
            try (SectionFileWriter writer = SectionFileWriter.create(other, "DCNV2", 2)) {
                writer.ints("shape", new int[] {4, 2, 0, 0, 0, 12});
                writer.ints("match", new int[] {dimension});
                writer.longs("schema", new long[] {RankerWorld.SCHEMA.fingerprint()}).commit();
            }
            assertCorrupt(other);
        }
    }

    @Test
    void shouldHaveNoMatchesWhenItsInputIsSeparable() {
        try (EmbeddingTable vectors = RankerWorld.matchVectors();
                DcnModel model =
                        DcnModel.initial(
                                RankerWorld.SCHEMA,
                                LightRanker.hidden(4, 8),
                                RankerHeads.USUAL,
                                vectors,
                                3)) {
            assertTrue(model.input().matches().isEmpty());
            assertTrue(model.input().isSeparable());
        }
    }

    private static DcnModel matching() {
        try (EmbeddingTable vectors = RankerWorld.matchVectors()) {
            DcnModel model =
                    DcnModel.initial(RankerWorld.SCHEMA, SHAPE, RankerHeads.USUAL, vectors, 3);
            model.input().matches().forEach(match -> match.standardise(0.25f, 0.5f));
            return model;
        }
    }

    @Test
    void shouldRefuseWhenTheSchemaIsAnother() {
        Path path = saved(3);
        MillraceException e =
                assertThrows(
                        MillraceException.class, () -> DcnModel.load(path, RankerWorld.schema(60)));
        assertEquals(ErrorCode.MISMATCH, e.code());
    }

    @Test
    void shouldRefuseAndFreeItsMemoryWhenAWeightIsNotFinite() {
        Path path = folder.resolve("weights");
        try (DcnModel model = DcnModel.initial(RankerWorld.SCHEMA, SHAPE, 3)) {
            model.network().deep().get(1).weights()[7] = Float.POSITIVE_INFINITY;
            model.save(path);
        }
        long before = DirectMemory.allocatedBytes();
        MillraceException e =
                assertThrows(
                        MillraceException.class, () -> DcnModel.load(path, RankerWorld.SCHEMA));
        assertEquals(ErrorCode.CORRUPT_FILE, e.code());
        assertTrue(e.getMessage().contains("tensor=deep.1.weights, index=7"), e.getMessage());
        assertEquals(before, DirectMemory.allocatedBytes());
    }

    @Test
    void shouldRefuseWhenAScaleIsNotFinite() {
        Path path = folder.resolve("scale");
        try (DcnModel model = DcnModel.initial(RankerWorld.SCHEMA, SHAPE, 3)) {
            model.input().attentions().getFirst().logScale()[0] = Float.NaN;
            model.save(path);
        }
        assertCorrupt(path);
    }

    @Test
    void shouldRefuseWhenTheFileIsAnotherOrDamaged() throws IOException {
        Path foreign = folder.resolve("foreign");
        try (SectionFileWriter writer = SectionFileWriter.create(foreign, "TWOTOWER", 1)) {
            writer.ints("shape", new int[] {1}).commit();
        }
        assertCorrupt(foreign);
        byte[] bytes = Files.readAllBytes(saved(3));
        Path damaged = folder.resolve("damaged");
        for (int at = 0; at < bytes.length; at += Math.max(1, bytes.length / 97)) {
            byte[] changed = bytes.clone();
            changed[at] ^= 0x10;
            Files.write(damaged, changed);
            assertThrows(
                    MillraceException.class,
                    () -> DcnModel.load(damaged, RankerWorld.SCHEMA).close());
        }
    }

    @Test
    void shouldRefuseWhenTheFileHasSizesThatCannotBe() {
        assertCorrupt(sized("none"));
        assertCorrupt(sized("few", 8, 3, 0, 0));
        assertCorrupt(sized("layers", 8, 1 << 20, 0, 0, 0, 16));
        assertCorrupt(sized("experts", 8, 3, 4, 1 << 20, 0, 16));
        assertCorrupt(sized("units", 8, 3, 0, 0, 0, -1));
        assertCorrupt(sized("structure", 8, 3, 0, 0, 99, 16));
    }

    /** A file of the right schema with sizes and nothing else. */
    private Path sized(String name, int... sizes) {
        Path path = folder.resolve(name);
        try (SectionFileWriter writer = SectionFileWriter.create(path, "DCNV2", 2)) {
            writer.ints("shape", sizes);
            writer.longs("schema", new long[] {RankerWorld.SCHEMA.fingerprint()}).commit();
        }
        return path;
    }

    @Test
    void shouldFreeItsMemoryWhenClosed() {
        long before = DirectMemory.allocatedBytes();
        DcnModel.initial(RankerWorld.SCHEMA, SHAPE, 1).close();
        assertEquals(before, DirectMemory.allocatedBytes());
    }

    @Test
    void shouldRefuseToScoreWhenThereIsNoRoomForRates() {
        DcnShape separable = LightRanker.hidden(4, 8);
        try (DcnModel model = DcnModel.initial(RankerWorld.SCHEMA, SHAPE, 3);
                DcnModel other = DcnModel.initial(RankerWorld.SCHEMA, separable, 3)) {
            assertUsage(() -> model.newScorer(10));
            assertUsage(() -> model.newScorer(10, RankerWorld.impressionRows(9)));
            assertEquals(10, model.newScorer(10, RankerWorld.impressionRows(10)).maxCandidates());
            assertEquals(10, other.newScorer(10).maxCandidates());
        }
    }

    @Test
    void shouldRefuseWhenAShapeMakesNoSense() {
        assertUsage(() -> new DcnShape(0, 2, 0, DcnStructure.PARALLEL, List.of(8)));
        assertUsage(() -> new DcnShape(8, -1, 0, DcnStructure.PARALLEL, List.of(8)));
        assertUsage(() -> new DcnShape(8, 2, -1, DcnStructure.PARALLEL, List.of(8)));
        assertUsage(() -> new DcnShape(8, 2, 0, 3, DcnStructure.PARALLEL, List.of(8)));
        assertUsage(() -> new DcnShape(8, 2, 4, 65, DcnStructure.PARALLEL, List.of(8)));
        assertUsage(() -> new DcnShape(8, 2, 0, DcnStructure.STACKED, List.of(8, 0)));
    }

    private static void assertUsage(Executable call) {
        assertEquals(ErrorCode.USAGE, assertThrows(MillraceException.class, call).code());
    }

    private static void assertCorrupt(Path path) {
        MillraceException e =
                assertThrows(
                        MillraceException.class, () -> DcnModel.load(path, RankerWorld.SCHEMA));
        assertEquals(ErrorCode.CORRUPT_FILE, e.code(), e.getMessage());
    }

    private Path saved(long seed) {
        Path path = folder.resolve("saved");
        try (DcnModel model = DcnModel.initial(RankerWorld.SCHEMA, SHAPE, seed)) {
            model.save(path);
        }
        return path;
    }
}
