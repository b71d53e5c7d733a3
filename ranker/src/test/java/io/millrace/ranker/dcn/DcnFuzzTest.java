package io.millrace.ranker.dcn;

import io.millrace.core.error.MillraceException;
import io.millrace.core.file.SectionRepair;
import io.millrace.core.fuzz.Fuzzing;
import io.millrace.ranker.dcn.halves.DcnItemHalves;
import io.millrace.ranker.dcn.network.DcnShape;
import io.millrace.ranker.dcn.network.DcnStructure;
import io.millrace.ranker.model.EmbeddingTable;
import io.millrace.ranker.model.WeightType;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Files of rankers of every shape, and of item halves of every type. */
final class DcnFuzzTest {
    private static final RankerWorld WORLD = new RankerWorld();
    private static final int[] CANDIDATES = {0, 7, 699};
    private static final int FEW = 3;

    @TempDir private Path folder;

    @AfterAll
    static void closeWorld() {
        WORLD.close();
    }

    @Test
    void shouldReadOrRefuseWhenBytesOfAModelAreChanged() throws IOException {
        Path file = folder.resolve("model");
        MemorySegment impressions = RankerWorld.impressionRows(CANDIDATES.length);
        WORLD.writeImpressions(CANDIDATES, CANDIDATES.length, impressions);
        Fuzzing.of("ranker")
                .seeds(
                        saved(shape(1, 0, 0, DcnStructure.PARALLEL, false, 3), WeightType.F32),
                        saved(shape(2, 3, 0, DcnStructure.STACKED, false, 3, 2), WeightType.BF16),
                        saved(shape(1, 2, 2, DcnStructure.PARALLEL, true, 3), WeightType.INT8),
                        saved(LightRanker.linear(2), WeightType.F32),
                        saved(LightRanker.hidden(2, 5), WeightType.INT8),
                        matching())
                .words("shape", "table.type", "match", "heads", "click\nlike", "rates", "head.bias")
                .repairing(SectionRepair::repaired)
                .run(
                        input -> {
                            try (DcnModel model =
                                    DcnModel.load(Files.write(file, input), RankerWorld.SCHEMA)) {
                                score(model, impressions);
                            }
                        });
    }

    @Test
    void shouldReadOrRefuseWhenBytesOfHalvesAreChanged() throws IOException {
        Path file = folder.resolve("halves");
        DcnShape shape = shape(1, 2, 0, DcnStructure.PARALLEL, true, 3);
        try (DcnModel model = DcnModel.initial(RankerWorld.SCHEMA, shape, 5)) {
            Fuzzing.of("halves")
                    .seeds(
                            halves(model, WeightType.F32),
                            halves(model, WeightType.BF16),
                            halves(model, WeightType.INT8))
                    .words("shape", "type", "rows")
                    .repairing(SectionRepair::repaired)
                    .run(input -> readHalves(Files.write(file, input), model));
        }
    }

    /** What was let in must be fit to be scored with, into memory of its own and with room. */
    private static void readHalves(Path file, DcnModel model) {
        float[] logits = new float[CANDIDATES.length];
        for (int room = 0; room < 2; room++) {
            try (DcnItemHalves halves = DcnHalvesFile.read(file, model, WORLD.items, room)) {
                new HalvesCandidateScorer(model, halves, MemorySegment.NULL)
                        .logitsInto(
                                WORLD.users.segment(),
                                WORLD.users.offset(FEW),
                                WORLD.contexts,
                                0,
                                WORLD.items.segment(),
                                WORLD.items.layout().rowBytes(),
                                CANDIDATES,
                                CANDIDATES.length,
                                DcnModel.CLICK_HEAD,
                                logits);
            }
        }
    }

    /** What was let in must be fit to be scored with. */
    private static void score(DcnModel model, MemorySegment impressions) {
        float[] values = new float[CANDIDATES.length];
        model.newScorer(CANDIDATES.length, impressions)
                .scoreInto(
                        WORLD.users.segment(),
                        WORLD.users.offset(FEW),
                        WORLD.contexts,
                        0,
                        WORLD.items.segment(),
                        WORLD.items.layout().rowBytes(),
                        CANDIDATES,
                        CANDIDATES.length,
                        values);
        for (float value : values) {
            // Weights that are finite may add up to what is not.
            if (value < 0 || value > 1) {
                throw new AssertionError("no probability: " + value);
            }
        }
        if (!model.input().isSeparable()) {
            return;
        }
        try {
            new LightRanker(model, CANDIDATES.length);
        } catch (MillraceException e) {
            // Another shape is no light ranker, but may be a ranker all the same.
            if (model.shape().crossLayers() == 0 && model.shape().deep().size() < 2) {
                throw new AssertionError("a light ranker is refused", e);
            }
        }
    }

    private static DcnShape shape(
            int crossLayers,
            int rank,
            int experts,
            DcnStructure structure,
            boolean isSeparable,
            Integer... deep) {
        return new DcnShape(2, crossLayers, rank, experts, structure, isSeparable, List.of(deep));
    }

    private byte[] saved(DcnShape shape, WeightType type) throws IOException {
        try (DcnModel model = DcnModel.initial(RankerWorld.SCHEMA, shape, 5)) {
            Path file = folder.resolve("sound");
            model.save(file, type);
            return Files.readAllBytes(file);
        }
    }

    /** With vectors to match candidates by, and heads that the file has to name. */
    private byte[] matching() throws IOException {
        RankerHeads heads = new RankerHeads(List.of("click", "like", "share"));
        DcnShape shape = shape(1, 2, 0, DcnStructure.PARALLEL, false, 3);
        try (EmbeddingTable vectors = RankerWorld.matchVectors();
                DcnModel model = DcnModel.initial(RankerWorld.SCHEMA, shape, heads, vectors, 5)) {
            Path file = folder.resolve("sound");
            model.save(file);
            return Files.readAllBytes(file);
        }
    }

    private byte[] halves(DcnModel model, WeightType type) throws IOException {
        Path file = folder.resolve("sound");
        try (DcnItemHalves halves = model.newItemHalves(RankerWorld.ITEMS, type)) {
            halves.set(
                    model.input().item(),
                    WORLD.items.segment(),
                    WORLD.items.layout().rowBytes(),
                    0,
                    RankerWorld.ITEMS);
            DcnHalvesFile.write(halves, file);
        }
        return Files.readAllBytes(file);
    }
}
