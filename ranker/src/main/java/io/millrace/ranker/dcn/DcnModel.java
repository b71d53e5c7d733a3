package io.millrace.ranker.dcn;

import io.millrace.core.error.MillraceException;
import io.millrace.core.file.SectionFile;
import io.millrace.core.file.SectionFileWriter;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.model.DenseLayer;
import io.millrace.ranker.model.EmbeddingTable;
import io.millrace.ranker.model.EmbeddingTables;
import io.millrace.ranker.model.SequenceMatch;
import io.millrace.ranker.model.WeightType;
import io.millrace.ranker.model.Weights;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * Weights of the ranker: embeddings and a network with a head for each label it foretells.
 *
 * <p>File: section file of kind {@code DCNV2}: {@code shape} (embedding, cross layers, rank,
 * experts, structure, then the units of each deep layer), {@code schema} (fingerprint), {@code
 * attention} (only where it attends: logarithm of the scale of each attended sequence), {@code
 * rates} (only where it takes rates: how many), {@code match} and {@code match.scale} (only where
 * it matches candidates with sequences: components of the items' vectors, which are a table of
 * their own behind the others; mean and deviation of each sequence), {@code heads} (only where
 * those are not click and long view, in files of version 3: their names, a line each), the {@link
 * EmbeddingTables}, {@code cross.N.v.*} (only with a rank), {@code cross.N.c.K.*} (only with
 * experts), {@code cross.N.*}, {@code deep.N.*}, {@code head.*}.
 *
 * <p>Threading: immutable once trained, any thread; weights must not change any more after the
 * first scorer was made. Ownership: close it when no scorer is used any more.
 */
public final class DcnModel implements AutoCloseable {
    /** Index of the head for the click. */
    public static final int CLICK_HEAD = 0;

    private static final String ATTENTION = "attention";
    private static final String RATES = "rates";
    private static final String MATCH = "match";
    private static final String MATCH_SCALE = MATCH + ".scale";
    private static final int MOST_MATCH_DIMENSION = 4_096;
    private static final String KIND = "DCNV2";
    private static final int VERSION = 3;
    private static final int VERSION_OF_USUAL_HEADS = 2;
    private static final double EMBEDDING_DEVIATION = 0.01;
    private static final int FIXED_SIZES = 5;

    private final long schemaFingerprint;
    private final RankerHeads heads;
    private final RankerInput input;
    private final DcnNetwork network;
    private @Nullable DcnServing serving;

    private DcnModel(
            FeatureSchema schema, DcnShape shape, RankerHeads heads, EmbeddingTables embeddings) {
        this.schemaFingerprint = schema.fingerprint();
        this.heads = heads;
        this.input = new RankerInput(schema, embeddings, shape.isSeparable());
        this.network = new DcnNetwork(input.width(), shape, heads.count());
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
        DcnModel model = new DcnModel(schema, shape, heads, embeddings);
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
        SectionFile file = SectionFile.open(path, KIND, VERSION);
        try {
            Weights.requireSchema(file, schema, "ranker", "train it again");
            boolean isSeparable =
                    lacks(file, ATTENTION, !RankerInput.attended(schema).isEmpty())
                            || lacks(file, RATES, schema.hasRates());
            DcnShape shape = readShape(file, isSeparable);
            RankerHeads heads = RankerHeads.read(file);
            EmbeddingTables embeddings =
                    EmbeddingTables.read(file, sizes(schema, shape, matchDimension(file)));
            DcnModel model = new DcnModel(schema, shape, heads, embeddings);
            model.read(file);
            return model;
        } catch (MillraceException e) {
            file.close();
            throw e;
        }
    }

    /** Sizes of the tables; a dimension of 0 leaves out that of the matches. */
    private static SortedMap<String, EmbeddingTables.Size> sizes(
            FeatureSchema schema, DcnShape shape, int matchDimension) {
        SortedMap<String, EmbeddingTables.Size> sizes =
                RankerInput.tableSizes(schema, shape.embedding());
        EmbeddingTables.Size items = sizes.get(FeatureField.ITEM_TABLE);
        if (matchDimension > 0 && items != null) {
            sizes.put(SequenceMatch.TABLE, new EmbeddingTables.Size(items.rows(), matchDimension));
        }
        return sizes;
    }

    private static int matchDimension(SectionFile file) {
        if (!file.names().contains(MATCH)) {
            return 0;
        }
        int[] sizes = file.readInts(MATCH);
        if (sizes.length != 1 || sizes[0] < 1 || sizes[0] > MOST_MATCH_DIMENSION) {
            throw MillraceException.corrupt(
                    file.path(), "bad size of the matches: sizes=%s", Arrays.toString(sizes));
        }
        return sizes[0];
    }

    /** Whether it was made without what the schema declares. */
    private static boolean lacks(SectionFile file, String section, boolean isDeclared) {
        return isDeclared && !file.names().contains(section);
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
        boolean isUsual = heads.equals(RankerHeads.USUAL);
        int version = isUsual ? VERSION_OF_USUAL_HEADS : VERSION;
        try (SectionFileWriter writer = SectionFileWriter.create(path, KIND, version)) {
            writer.ints("shape", sizes());
            writer.longs("schema", new long[] {schemaFingerprint});
            if (!isUsual) {
                heads.write(writer);
            }
            if (!input.attentions().isEmpty()) {
                writer.floats(ATTENTION, logScales());
            }
            if (!input.matches().isEmpty()) {
                int dimension = input.matches().getFirst().vectors().dimension();
                writer.ints(MATCH, new int[] {dimension});
                writer.floats(MATCH_SCALE, matchScales());
            }
            if (input.impression().fieldCount() > 0) {
                writer.ints(RATES, new int[] {input.impression().fieldCount()});
            }
            input.embeddings().write(writer, type);
            for (Map.Entry<String, DenseLayer> layer : network.namedLayers().entrySet()) {
                writer.floats(layer.getKey() + ".weights", layer.getValue().weights());
                writer.floats(layer.getKey() + ".bias", layer.getValue().bias());
            }
            writer.commit();
        }
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
     * Sizes of the ranker.
     *
     * @return the shape.
     */
    public DcnShape shape() {
        return network.shape();
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

    private float[] logScales() {
        float[] logScales = new float[input.attentions().size()];
        for (int i = 0; i < logScales.length; i++) {
            logScales[i] = input.attentions().get(i).logScale()[0];
        }
        return logScales;
    }

    private float[] matchScales() {
        float[] scales = new float[2 * input.matches().size()];
        for (int i = 0; i < input.matches().size(); i++) {
            scales[2 * i] = input.matches().get(i).mean();
            scales[2 * i + 1] = input.matches().get(i).deviation();
        }
        return scales;
    }

    private void read(SectionFile file) {
        if (!input.matches().isEmpty()) {
            float[] scales = matchScales();
            Weights.copy(file, MATCH_SCALE, MemorySegment.ofArray(scales));
            for (int i = 0; i < input.matches().size(); i++) {
                if (!(scales[2 * i + 1] > 0)) {
                    throw MillraceException.corrupt(
                            file.path(),
                            "bad deviation of a match: index=%d, deviation=%s",
                            i,
                            scales[2 * i + 1]);
                }
                input.matches().get(i).standardise(scales[2 * i], scales[2 * i + 1]);
            }
        }
        if (!input.attentions().isEmpty()) {
            float[] logScales = logScales();
            Weights.copy(file, ATTENTION, MemorySegment.ofArray(logScales));
            for (int i = 0; i < logScales.length; i++) {
                input.attentions().get(i).logScale()[0] = logScales[i];
            }
        }
        network.namedLayers()
                .forEach(
                        (name, layer) -> {
                            MemorySegment weights = MemorySegment.ofArray(layer.weights());
                            Weights.copy(file, name + ".weights", weights);
                            Weights.copy(file, name + ".bias", MemorySegment.ofArray(layer.bias()));
                            layer.repack();
                        });
    }

    private int[] sizes() {
        DcnShape shape = network.shape();
        int[] sizes = new int[FIXED_SIZES + shape.deep().size()];
        sizes[0] = shape.embedding();
        sizes[1] = shape.crossLayers();
        sizes[2] = shape.rank();
        sizes[3] = shape.experts();
        sizes[4] = shape.structure().code();
        for (int i = 0; i < shape.deep().size(); i++) {
            sizes[FIXED_SIZES + i] = shape.deep().get(i);
        }
        return sizes;
    }

    private static DcnShape readShape(SectionFile file, boolean isSeparable) {
        int[] sizes = file.readInts("shape");
        if (sizes.length < FIXED_SIZES) {
            throw badSizes(file, sizes);
        }
        DcnStructure structure =
                Arrays.stream(DcnStructure.values())
                        .filter(each -> each.code() == sizes[4])
                        .findFirst()
                        .orElseThrow(() -> badSizes(file, sizes));
        List<Integer> deep = new ArrayList<>();
        for (int i = FIXED_SIZES; i < sizes.length; i++) {
            deep.add(sizes[i]);
        }
        try {
            return new DcnShape(
                    sizes[0], sizes[1], sizes[2], sizes[3], structure, isSeparable, deep);
        } catch (MillraceException e) {
            // The record blames the caller's choice; here it is the file that is wrong.
            throw badSizes(file, sizes);
        }
    }

    private static MillraceException badSizes(SectionFile file, int[] sizes) {
        return MillraceException.corrupt(
                file.path(), "bad sizes of the ranker: sizes=%s", Arrays.toString(sizes));
    }
}
