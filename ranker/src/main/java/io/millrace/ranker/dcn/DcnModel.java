package io.millrace.ranker.dcn;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.SectionFile;
import io.millrace.core.file.SectionFileWriter;
import io.millrace.core.random.SplitRandom;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.model.EmbeddingTable;
import io.millrace.ranker.model.Weights;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Weights of the ranker: full-rank cross layers beside a deep part of two layers.
 *
 * <p>File: section file of kind {@code DCNV2}: {@code shape} (embedding, cross layers, deep 1, deep
 * 2), {@code schema} (fingerprint), {@code table.N} in the order of table names, {@code cross.N.*},
 * {@code deep.N.*}, {@code head.*}.
 *
 * <p>Threading: immutable once trained, any thread. Ownership: close it when no scorer is used any
 * more.
 */
public final class DcnModel implements AutoCloseable {
    private static final String KIND = "DCNV2";
    private static final int VERSION = 1;
    private static final double EMBEDDING_DEVIATION = 0.01;

    private final DcnShape shape;
    private final long schemaFingerprint;
    private final RankerInput input;
    private final List<DenseLayer> cross = new ArrayList<>();
    private final DenseLayer deep1;
    private final DenseLayer deep2;
    private final DenseLayer head;

    private DcnModel(FeatureSchema schema, DcnShape shape) {
        this.shape = shape;
        this.schemaFingerprint = schema.fingerprint();
        this.input = new RankerInput(schema, shape.embedding());
        int width = input.width();
        for (int layer = 0; layer < shape.crossLayers(); layer++) {
            cross.add(new DenseLayer(width, width));
        }
        this.deep1 = new DenseLayer(shape.deep1(), width);
        this.deep2 = new DenseLayer(shape.deep2(), shape.deep1());
        this.head = new DenseLayer(1, width + shape.deep2());
    }

    /**
     * A model before training.
     *
     * @param schema the declared features.
     * @param shape sizes.
     * @param seed seed of the weights.
     * @return the model.
     */
    public static DcnModel initial(FeatureSchema schema, DcnShape shape, long seed) {
        DcnModel model = new DcnModel(schema, shape);
        for (EmbeddingTable table : model.input.tables().values()) {
            table.fillGaussian(EMBEDDING_DEVIATION, seed);
        }
        int stream = 1;
        for (DenseLayer layer : model.layers()) {
            layer.fill(SplitRandom.forStream(seed, stream++));
        }
        return model;
    }

    /**
     * Reads a trained model.
     *
     * @param path the file.
     * @param schema the declared features it must have been trained for.
     * @return the model.
     * @throws MillraceException when the file is damaged, holds weights that are not finite, or
     *     belongs to another schema.
     */
    public static DcnModel load(Path path, FeatureSchema schema) {
        try (SectionFile file = SectionFile.open(path, KIND, VERSION)) {
            long fingerprint = file.readLongs("schema")[0];
            if (fingerprint != schema.fingerprint()) {
                throw MillraceException.of(
                        ErrorCode.MISMATCH,
                        "ranker of another schema: file=%s, schema=%016x, expected=%016x; train it"
                                + " again",
                        path,
                        fingerprint,
                        schema.fingerprint());
            }
            int[] sizes = file.readInts("shape");
            DcnModel model =
                    new DcnModel(schema, new DcnShape(sizes[0], sizes[1], sizes[2], sizes[3]));
            try {
                model.read(file);
            } catch (MillraceException e) {
                model.close();
                throw e;
            }
            return model;
        }
    }

    /**
     * Writes the model.
     *
     * @param path where to.
     */
    public void save(Path path) {
        try (SectionFileWriter writer = SectionFileWriter.create(path, KIND, VERSION)) {
            writer.ints(
                    "shape",
                    new int[] {
                        shape.embedding(), shape.crossLayers(), shape.deep1(), shape.deep2()
                    });
            writer.longs("schema", new long[] {schemaFingerprint});
            int index = 0;
            for (EmbeddingTable table : input.tables().values()) {
                writer.section("table." + index++, table.segment());
            }
            List<DenseLayer> layers = layers();
            for (int i = 0; i < layers.size(); i++) {
                writer.floats(nameOf(i) + ".weights", layers.get(i).weights());
                writer.floats(nameOf(i) + ".bias", layers.get(i).bias());
            }
            writer.commit();
        }
    }

    /**
     * A scorer.
     *
     * @param maxCandidates the most candidates of a request.
     * @return a new one for one thread.
     */
    public DcnScorer newScorer(int maxCandidates) {
        return new DcnScorer(this, maxCandidates);
    }

    /**
     * Sizes of the ranker.
     *
     * @return the shape.
     */
    public DcnShape shape() {
        return shape;
    }

    /**
     * How rows become the input.
     *
     * @return shared.
     */
    public RankerInput input() {
        return input;
    }

    /**
     * Cross layers in order.
     *
     * @return live weights.
     */
    public List<DenseLayer> cross() {
        return cross;
    }

    /**
     * First deep layer.
     *
     * @return live weights.
     */
    public DenseLayer deep1() {
        return deep1;
    }

    /**
     * Second deep layer.
     *
     * @return live weights.
     */
    public DenseLayer deep2() {
        return deep2;
    }

    /**
     * The head over the last cross layer and the last deep layer.
     *
     * @return live weights, one output.
     */
    public DenseLayer head() {
        return head;
    }

    /**
     * All dense layers.
     *
     * @return cross layers, deep layers, head.
     */
    public List<DenseLayer> layers() {
        List<DenseLayer> layers = new ArrayList<>(cross);
        layers.add(deep1);
        layers.add(deep2);
        layers.add(head);
        return layers;
    }

    @Override
    public void close() {
        input.tables().values().forEach(EmbeddingTable::close);
    }

    private void read(SectionFile file) {
        int index = 0;
        for (EmbeddingTable table : input.tables().values()) {
            Weights.copy(file, "table." + index++, table.segment());
        }
        List<DenseLayer> layers = layers();
        for (int i = 0; i < layers.size(); i++) {
            Weights.copy(
                    file, nameOf(i) + ".weights", MemorySegment.ofArray(layers.get(i).weights()));
            Weights.copy(file, nameOf(i) + ".bias", MemorySegment.ofArray(layers.get(i).bias()));
            layers.get(i).repack();
        }
    }

    private String nameOf(int layer) {
        int crossLayers = cross.size();
        if (layer < crossLayers) {
            return "cross." + layer;
        }
        return layer < crossLayers + 2 ? "deep." + (layer - crossLayers) : "head";
    }
}
