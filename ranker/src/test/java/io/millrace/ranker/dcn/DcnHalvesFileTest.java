package io.millrace.ranker.dcn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.SectionFile;
import io.millrace.core.file.SectionFileWriter;
import io.millrace.core.memory.DirectMemory;
import io.millrace.core.random.SplitRandom;
import io.millrace.ranker.AllocationProbe;
import io.millrace.ranker.dcn.halves.DcnItemHalves;
import io.millrace.ranker.dcn.halves.HalvesLayout;
import io.millrace.ranker.dcn.halves.HalvesPiece;
import io.millrace.ranker.dcn.network.DcnShape;
import io.millrace.ranker.dcn.network.DcnStructure;
import io.millrace.ranker.dcn.pass.DcnHalvesScorer;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.model.EmbeddingTable;
import io.millrace.ranker.model.WeightType;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** Halves that were written to a file and read again. */
final class DcnHalvesFileTest {
    private static final RankerWorld WORLD = new RankerWorld();
    private static final int ROW_BYTES = WORLD.items.layout().rowBytes();
    private static final double TOLERANCE = 1e-5;

    @TempDir private Path folder;
    private Path file = Path.of("");

    @BeforeEach
    void nameFile() {
        file = folder.resolve("halves");
    }

    @AfterAll
    static void closeWorld() {
        WORLD.close();
    }

    @ParameterizedTest
    @CsvSource({"PARALLEL, 0, 0", "STACKED, 0, 0", "PARALLEL, 5, 0", "STACKED, 5, 3"})
    void shouldGiveTheLogitsOfWholeInputsWhenReadAgain(
            DcnStructure structure, int rank, int experts) {
        try (DcnModel model = model(structure, rank, experts, 5)) {
            write(model, WeightType.F32);
            try (DcnItemHalves halves = DcnHalvesFile.read(file, model, WORLD.items)) {
                DcnHalvesScorer scorer = new DcnHalvesScorer(halves);
                int[] ordinals = new int[RankerWorld.ITEMS];
                for (int i = 0; i < ordinals.length; i++) {
                    ordinals[i] = ordinals.length - 1 - i;
                }
                float[] shared = new float[model.input().sharedWidth()];
                float[] logits = new float[ordinals.length];
                for (int user = 0; user < RankerWorld.USERS; user++) {
                    int tab = user % RankerWorld.TABS;
                    model.input()
                            .gatherSharedInto(
                                    WORLD.users.segment(),
                                    WORLD.users.offset(user),
                                    WORLD.contexts,
                                    (long) tab * WORLD.contextBytes,
                                    shared,
                                    0);
                    scorer.logitsInto(shared, ordinals, ordinals.length, 0, logits);
                    for (int i = 0; i < ordinals.length; i++) {
                        double[] x = WORLD.input(model, user, tab, ordinals[i]);
                        double expected = PlainNetwork.logit(model.network(), x, 0);
                        double most = TOLERANCE * Math.max(1, Math.abs(expected));
                        assertEquals(expected, logits[i], most, "user " + user + ", row " + i);
                    }
                }
            }
        }
    }

    /** Right to one part in 256, or to one in 254 of the row's largest number. */
    @ParameterizedTest
    @CsvSource({"BF16, 0.00391, 0", "INT8, 0, 0.00394"})
    void shouldKeepNumbersNearThoseOfFloat32WhenReadAgain(
            WeightType type, double relative, double ofLargest) {
        try (DcnModel model = model(DcnStructure.PARALLEL, 5, 0, 5)) {
            write(model, WeightType.F32);
            float[][] exact = numbers(model);
            write(model, type);
            float[][] rounded = numbers(model);
            int differing = 0;
            for (int item = 0; item < RankerWorld.ITEMS; item++) {
                double largest = 0;
                for (float number : exact[item]) {
                    largest = Math.max(largest, Math.abs(number));
                }
                for (int i = 0; i < exact[item].length; i++) {
                    double most = relative * Math.abs(exact[item][i]) + ofLargest * largest;
                    assertEquals(exact[item][i], rounded[item][i], most, item + ", " + i);
                    differing += exact[item][i] == rounded[item][i] ? 0 : 1;
                }
            }
            assertTrue(differing > RankerWorld.ITEMS, "differing=" + differing);
        }
    }

    /** All numbers of all items, as scorers take them. */
    private float[][] numbers(DcnModel model) {
        try (DcnItemHalves halves = DcnHalvesFile.read(file, model, WORLD.items)) {
            HalvesLayout layout = halves.layout();
            int length = layout.part() + layout.cross() + layout.deep();
            HalvesPiece piece = HalvesPiece.of(halves, 1);
            float[][] numbers = new float[RankerWorld.ITEMS][length];
            for (int item = 0; item < RankerWorld.ITEMS; item++) {
                piece.begin(new int[] {item}, 0, 1);
                piece.copyInto(0, 0, numbers[item], 0, length);
            }
            return numbers;
        }
    }

    @ParameterizedTest
    @CsvSource({"F32, 64, 4, 0", "BF16, 64, 2, 0", "INT8, 64, 1, 64"})
    void shouldTakeTheMemoryItSaysWhenRead(
            WeightType type, int lineBytes, int numberBytes, int scaleBytes) {
        try (DcnModel model = model(DcnStructure.PARALLEL, 5, 0, 5)) {
            write(model, type);
            int sharedWidth = model.input().sharedWidth();
            long rowBytes = model.halvesBytes(type);
            // The item's part, what five ranks take of it, and the first deep layer.
            int numbers = model.input().width() - sharedWidth + 5 + 24;
            int lines = Math.ceilDiv(numberBytes * numbers, lineBytes);
            assertEquals(lines * lineBytes + scaleBytes, rowBytes);
            long before = DirectMemory.allocatedBytes();
            DcnItemHalves halves = DcnHalvesFile.read(file, model, WORLD.items);
            assertEquals(type, halves.type());
            assertEquals(RankerWorld.ITEMS * rowBytes, halves.bytes());
            assertTrue(DirectMemory.allocatedBytes() - before >= halves.bytes());
            halves.close();
            assertEquals(before, DirectMemory.allocatedBytes());
        }
    }

    /** So are the files of earlier builds. */
    @Test
    void shouldBeReadAsFloat32WhenTheFileNamesNoType() {
        try (DcnModel model = model(DcnStructure.PARALLEL, 0, 0, 5)) {
            write(model, WeightType.F32);
            try (SectionFile sections = SectionFile.open(file, "HALVES", 1)) {
                assertEquals(Set.of("shape", "rows"), sections.names());
            }
            try (DcnItemHalves halves = DcnHalvesFile.read(file, model, WORLD.items)) {
                assertEquals(WeightType.F32, halves.type());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 3})
    void shouldRefuseHalvesWhenTheirTypeIsUnknown(int code) {
        try (DcnModel model = model(DcnStructure.PARALLEL, 0, 0, 5)) {
            try (SectionFileWriter writer = SectionFileWriter.create(file, "HALVES", 1)) {
                writer.ints("type", new int[] {code}).commit();
            }
            MillraceException e =
                    assertThrows(
                            MillraceException.class,
                            () -> DcnHalvesFile.read(file, model, WORLD.items));
            assertEquals(ErrorCode.CORRUPT_FILE, e.code());
            assertTrue(e.getMessage().contains("type=" + code), e.getMessage());
        }
    }

    /** Nothing but the hidden layer takes the input of a light ranker. */
    @Test
    void shouldLeaveTheItemsPartOutWhenNothingTakesIt() {
        try (DcnModel model = DcnModel.initial(RankerWorld.SCHEMA, LightRanker.hidden(8, 32), 5)) {
            assertEquals(4 * 32, model.halvesBytes(WeightType.F32));
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldRefuseHalvesWhenTheRankerIsAnother(WeightType type) {
        try (DcnModel model = model(DcnStructure.PARALLEL, 0, 0, 5);
                DcnModel trainedAgain = model(DcnStructure.PARALLEL, 0, 0, 6);
                DcnModel stacked = model(DcnStructure.STACKED, 0, 0, 5)) {
            write(model, type);
            assertRefused(trainedAgain, WORLD.items, "item=0,");
            assertRefused(stacked, WORLD.items, "shape=[");
        }
    }

    @Test
    void shouldRefuseHalvesWhenTheItemsAreOthers() {
        try (DcnModel model = model(DcnStructure.PARALLEL, 0, 0, 5);
                RowTable fewer =
                        RowTable.builder(RankerWorld.SCHEMA.layout(FeatureScope.ITEM), 0).build()) {
            write(model, WeightType.F32);
            assertRefused(model, fewer, "bytes=");
        }
    }

    @Test
    void shouldBeOfNoUseWhenNoLayerTakesTheInput() {
        try (DcnModel linear = model(LightRanker.linear(8), 5);
                DcnModel hidden = model(LightRanker.hidden(8, 16), 5);
                DcnModel whole = model(DcnShape.DEFAULT, 5)) {
            assertFalse(DcnItemHalves.areOfUse(linear.shape()));
            assertTrue(DcnItemHalves.areOfUse(hidden.shape()));
            assertTrue(DcnItemHalves.areOfUse(whole.shape()));
        }
    }

    @Test
    void shouldRefuseHalvesWhenThoseOfThisRankerAreSeparable() {
        DcnShape whole = DcnShape.DEFAULT;
        DcnShape separable =
                new DcnShape(
                        whole.embedding(),
                        whole.crossLayers(),
                        whole.rank(),
                        whole.experts(),
                        whole.structure(),
                        true,
                        whole.deep());
        try (DcnModel attending = model(whole, 5);
                DcnModel averaging = model(separable, 5)) {
            write(averaging, WeightType.F32);
            assertRefused(attending, WORLD.items, "shape=[");
        }
    }

    /** Attention, matches and rates follow the item's part of an input, and are multiplied anew. */
    @ParameterizedTest
    @CsvSource({
        "PARALLEL, 3, 0, 0",
        "STACKED, 3, 0, 0",
        "PARALLEL, 3, 5, 0",
        "STACKED, 3, 5, 2",
        "PARALLEL, 0, 0, 0",
        "STACKED, 0, 0, 0"
    })
    void shouldGiveTheLogitsOfPlainLoopsWhenMoreThanTheItemCounts(
            DcnStructure structure, int crossLayers, int rank, int experts) {
        DcnShape shape = new DcnShape(8, crossLayers, rank, experts, structure, List.of(24, 20));
        MemorySegment impressions = RankerWorld.impressionRows(RankerWorld.ITEMS);
        try (DcnModel model = matching(shape)) {
            assertFalse(model.input().isSeparable());
            write(model, WeightType.F32);
            try (DcnItemHalves halves = DcnHalvesFile.read(file, model, WORLD.items)) {
                HalvesCandidateScorer scorer =
                        new HalvesCandidateScorer(model, halves, impressions);
                int[] ordinals = IntStream.range(0, 250).map(i -> 699 - 2 * i).toArray();
                WORLD.writeImpressions(ordinals, ordinals.length, impressions);
                float[] logits = new float[ordinals.length];
                for (int user = 0; user < RankerWorld.USERS; user++) {
                    score(scorer, user, ordinals, logits);
                    for (int i = 0; i < ordinals.length; i++) {
                        double[] x = WORLD.input(model, user, 1, ordinals[i]);
                        double expected = PlainNetwork.logit(model.network(), x, 0);
                        double most = 1e-5 * Math.max(1, Math.abs(expected));
                        assertEquals(expected, logits[i], most, "user=" + user + " i=" + i);
                    }
                }
                long bytes =
                        AllocationProbe.leastBytes(20, () -> score(scorer, 3, ordinals, logits));
                assertEquals(0, bytes, "bytes of 20 requests");
            }
        }
    }

    private static void score(
            HalvesCandidateScorer scorer, int user, int[] ordinals, float[] logits) {
        scorer.logitsInto(
                WORLD.users.segment(),
                WORLD.users.offset(user),
                WORLD.contexts,
                WORLD.contextBytes,
                WORLD.items.segment(),
                ROW_BYTES,
                ordinals,
                ordinals.length,
                DcnModel.CLICK_HEAD,
                logits);
    }

    private static DcnModel matching(DcnShape shape) {
        try (EmbeddingTable vectors = RankerWorld.matchVectors()) {
            DcnModel model =
                    DcnModel.initial(RankerWorld.SCHEMA, shape, RankerHeads.USUAL, vectors, 5);
            model.input().matches().forEach(match -> match.standardise(0.3f, 0.25f));
            return loud(model, 5);
        }
    }

    private void assertRefused(DcnModel model, RowTable items, String reason) {
        long before = DirectMemory.allocatedBytes();
        MillraceException e =
                assertThrows(MillraceException.class, () -> DcnHalvesFile.read(file, model, items));
        assertEquals(ErrorCode.MISMATCH, e.code());
        assertTrue(e.getMessage().contains(reason), e.getMessage());
        assertEquals(before, DirectMemory.allocatedBytes());
    }

    private void write(DcnModel model, WeightType type) {
        try (DcnItemHalves halves = model.newItemHalves(RankerWorld.ITEMS, type)) {
            halves.set(model.input().item(), WORLD.items.segment(), ROW_BYTES, 0, 300);
            halves.set(
                    model.input().item(),
                    WORLD.items.segment(),
                    ROW_BYTES,
                    300,
                    RankerWorld.ITEMS - 300);
            DcnHalvesFile.write(halves, file);
        }
    }

    private static DcnModel model(DcnStructure structure, int rank, int experts, long seed) {
        return model(new DcnShape(8, 3, rank, experts, structure, true, List.of(24, 20)), seed);
    }

    private static DcnModel model(DcnShape shape, long seed) {
        return loud(DcnModel.initial(RankerWorld.SCHEMA, shape, seed), seed);
    }

    /** Untrained embeddings are near zero, and biases are zero: makes all of them count. */
    private static DcnModel loud(DcnModel model, long seed) {
        model.input().tables().values().forEach(table -> table.fillGaussian(0.7, seed));
        PlainNetwork.fillBiases(model.network(), new SplitRandom(9));
        return model;
    }
}
