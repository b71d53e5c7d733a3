package io.millrace.ranker.dcn;

import io.millrace.core.error.MillraceException;
import io.millrace.ranker.dcn.halves.DcnItemHalves;
import io.millrace.ranker.dcn.halves.DcnServing;
import io.millrace.ranker.dcn.halves.HalvesLayout;
import io.millrace.ranker.dcn.network.DcnNetwork;
import io.millrace.ranker.dcn.network.DcnShape;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.model.EmbeddingTable;
import io.millrace.ranker.model.EmbeddingTables;
import io.millrace.ranker.model.LayerSource;
import io.millrace.ranker.model.SequenceMatch;
import io.millrace.ranker.model.WeightType;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.SortedMap;

/**
 * Weights of the ranker: embeddings and a network with a head for each label it foretells; in files
 * as {@link DcnFile} says.
 *
 * <p>Threading: immutable once trained, any thread; weights must not change any more after the
 * first scorer was made. Ownership: close it when no scorer is used any more.
 */
public final class DcnModel implements AutoCloseable {
    /** Index of the head for the click. */
    public static final int CLICK_HEAD = 0;

    private static final double EMBEDDING_DEVIATION = 0.01;

    private final long schemaFingerprint;
    private final RankerHeads heads;
    private final RankerInput input;
    private final DcnNetwork network;
    private @Nullable DcnServing serving;

    DcnModel(
            FeatureSchema schema,
            DcnShape shape,
            RankerHeads heads,
            EmbeddingTables embeddings,
            LayerSource layers) {
        this.schemaFingerprint = schema.fingerprint();
        this.heads = heads;
        this.input = new RankerInput(schema, embeddings, shape.isSeparable());
        this.network = new DcnNetwork(input.width(), shape, heads.count(), layers);
    }

    /**
     * A model of the usual heads before training.
     *
     * @param schema the declared features.
     * @param shape sizes.
     * @param seed seed of the weights.
     * @return the model.
     */
    public static DcnModel initial(FeatureSchema schema, DcnShape shape, long seed) {
        return initial(schema, shape, RankerHeads.USUAL, seed);
    }

    /**
     * A model before training that matches candidates with nothing.
     *
     * @param schema the declared features.
     * @param shape sizes.
     * @param heads what it is to foretell.
     * @param seed seed of the weights.
     * @return the model.
     */
    public static DcnModel initial(
            FeatureSchema schema, DcnShape shape, RankerHeads heads, long seed) {
        return initial(schema, shape, heads, null, seed);
    }

    /**
     * A model before training.
     *
     * @param schema the declared features.
     * @param shape sizes.
     * @param heads what it is to foretell.
     * @param vectors fixed vectors of the items by their ids, which are copied, to match candidates
     *     with sequences; null for none. An input that is separable has no use for them.
     * @param seed seed of the weights.
     * @return the model.
     */
    public static DcnModel initial(
            FeatureSchema schema,
            DcnShape shape,
            RankerHeads heads,
            @Nullable EmbeddingTable vectors,
            long seed) {
        EmbeddingTable fixed = shape.isSeparable() ? null : vectors;
        int dimension = fixed == null ? 0 : fixed.dimension();
        EmbeddingTables embeddings = EmbeddingTables.zeros(sizes(schema, shape, dimension));
        DcnModel model = new DcnModel(schema, shape, heads, embeddings, LayerSource.ZEROS);
        if (fixed != null) {
            embeddings.table(SequenceMatch.TABLE).segment().copyFrom(fixed.segment());
        }
        for (EmbeddingTable table : model.input.tables().values()) {
            table.fillGaussian(EMBEDDING_DEVIATION, seed);
        }
        model.network.fill(seed);
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
        return DcnFile.read(path, schema);
    }

    /** Sizes of the tables; a dimension of 0 leaves out that of the matches. */
    static SortedMap<String, EmbeddingTables.Size> sizes(
            FeatureSchema schema, DcnShape shape, int matchDimension) {
        SortedMap<String, EmbeddingTables.Size> sizes =
                RankerInput.tableSizes(schema, shape.embedding());
        EmbeddingTables.Size items = sizes.get(FeatureField.ITEM_TABLE);
        if (matchDimension > 0 && items != null) {
            sizes.put(SequenceMatch.TABLE, new EmbeddingTables.Size(items.rows(), matchDimension));
        }
        return sizes;
    }

    /**
     * Writes the model.
     *
     * @param path where to.
     */
    public void save(Path path) {
        save(path, input.embeddings().type());
    }

    /**
     * Writes the model with embeddings of another type.
     *
     * @param path where to.
     * @param type how the embeddings are to be kept there.
     */
    public void save(Path path, WeightType type) {
        DcnFile.write(this, path, type);
    }

    /**
     * A scorer of clicks by a ranker that takes no rates.
     *
     * @param maxCandidates the most candidates of a request.
     * @return a new one for one thread.
     * @throws MillraceException USAGE when the ranker takes rates.
     */
    public DcnScorer newScorer(int maxCandidates) {
        return newScorer(maxCandidates, MemorySegment.NULL);
    }

    /**
     * A scorer of clicks.
     *
     * @param maxCandidates the most candidates of a request.
     * @param impressionRows where it finds the impressions' rows of the candidates, one behind the
     *     other in the order of the candidates, whenever it is called; stays the caller's.
     * @return a new one for one thread.
     * @throws MillraceException USAGE when the ranker takes rates and there is no room for them.
     */
    public DcnScorer newScorer(int maxCandidates, MemorySegment impressionRows) {
        return newScorer(maxCandidates, impressionRows, HeadValue.CLICK);
    }

    /**
     * A scorer.
     *
     * @param maxCandidates the most candidates of a request.
     * @param impressionRows where it finds the impressions' rows of the candidates, one behind the
     *     other in the order of the candidates, whenever it is called; stays the caller's.
     * @param value what candidates are worth by {@link #heads}.
     * @return a new one for one thread.
     * @throws MillraceException USAGE when the ranker takes rates and there is no room for them.
     */
    public synchronized DcnScorer newScorer(
            int maxCandidates, MemorySegment impressionRows, HeadValue value) {
        int rates = input.impression().fieldCount();
        long bytes = (long) maxCandidates * input.impressionRowBytes();
        if (rates > 0 && impressionRows.byteSize() < bytes) {
            throw MillraceException.usage(
                    "no rows for the rates of a ranker: rates=%d, bytes=%d, least=%d; give memory"
                            + " for them",
                    rates, impressionRows.byteSize(), bytes);
        }
        DcnServing ready = serving;
        if (ready == null) {
            ready = new DcnServing(network, input.sharedWidth());
            serving = ready;
        }
        return new DcnScorer(input, ready, maxCandidates, impressionRows, value);
    }

    /**
     * Room for what items contribute to the layers that take the input.
     *
     * @param items count of items.
     * @param type how the numbers are kept.
     * @return halves of no item yet, which the caller closes.
     */
    public DcnItemHalves newItemHalves(int items, WeightType type) {
        return new DcnItemHalves(halvesServing(), items, type);
    }

    /**
     * Memory of an item's halves.
     *
     * @param type how the numbers are kept.
     * @return bytes, a multiple of 64.
     */
    public long halvesBytes(WeightType type) {
        return HalvesLayout.of(halvesServing(), type).rowBytes();
    }

    /** The network made ready for items whose part ends where attended sequences begin. */
    DcnServing halvesServing() {
        return new DcnServing(network, input.sharedWidth(), input.itemEnd());
    }

    /**
     * Sizes of the ranker.
     *
     * @return the shape.
     */
    public DcnShape shape() {
        return network.shape();
    }

    long schemaFingerprint() {
        return schemaFingerprint;
    }

    /**
     * What it foretells.
     *
     * @return names of the heads in their order.
     */
    public RankerHeads heads() {
        return heads;
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
     * The dense weights.
     *
     * @return live weights.
     */
    public DcnNetwork network() {
        return network;
    }

    @Override
    public void close() {
        input.embeddings().close();
    }
}
