package io.millrace.ranker.tower;

import io.millrace.core.HotPath;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.SectionFile;
import io.millrace.core.file.SectionFileWriter;
import io.millrace.core.random.SplitRandom;
import io.millrace.core.simd.ElementKernels;
import io.millrace.core.simd.Kernels;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureKind;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.model.EmbeddingTable;
import io.millrace.ranker.model.FeatureInput;
import io.millrace.ranker.model.Weights;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/**
 * Weights of both towers. The embeddings of item ids are shared: they are the first part of an
 * item's input and what a user's history is pooled from.
 *
 * <p>The query tower takes the histories and the categorical features of a user. It does not take
 * the user's numbers: most of them are counted over the very history whose next item is to be
 * foretold in training.
 *
 * <p>File: section file of kind {@code TWOTOWER}: {@code shape} (dimension, hidden, feature
 * dimension), {@code schema} (fingerprint), {@code table.N} in the order of table names, {@code
 * query.*} and {@code item.*} weights.
 *
 * <p>Threading: immutable once trained, any thread. Ownership: close it when no tower is used any
 * more.
 */
public final class TwoTowerModel implements AutoCloseable {
    private static final ElementKernels ELEMENTS = Kernels.element();
    private static final String KIND = "TWOTOWER";
    private static final int VERSION = 1;
    private static final int SIZES = 3;
    private static final float FIRST_TEMPERATURE = 0.1f;
    private static final double ID_DEVIATION = 0.05;
    private static final double FEATURE_DEVIATION = 0.1;

    private final long schemaFingerprint;
    private final TowerShape shape;
    private final TreeMap<String, EmbeddingTable> tables = new TreeMap<>();
    private final EmbeddingTable items;
    private final int itemIdSlot;
    private final HistoryInput history;
    private final FeatureInput userInput;
    private final FeatureInput itemInput;
    private final TowerNetwork queryNetwork;
    private final TowerNetwork itemNetwork;
    private float temperature = FIRST_TEMPERATURE;

    private TwoTowerModel(FeatureSchema schema, TowerShape shape) {
        this.schemaFingerprint = schema.fingerprint();
        this.shape = shape;
        FeatureField itemId = itemIdField(schema);
        this.items =
                new EmbeddingTable(
                        FeatureField.ITEM_TABLE, itemId.cardinality(), shape.dimension());
        tables.put(items.name(), items);
        this.itemIdSlot = schema.layout(FeatureScope.ITEM).slotOf(itemId);
        this.history = new HistoryInput(schema, items);
        this.userInput = input(schema, FeatureScope.USER);
        this.itemInput = input(schema, FeatureScope.ITEM);
        int dimension = shape.dimension();
        this.queryNetwork =
                new TowerNetwork(
                        history.width() + userInput.width(),
                        history.width(),
                        shape.hidden(),
                        dimension);
        this.itemNetwork =
                new TowerNetwork(
                        dimension + itemInput.width(), dimension, shape.hidden(), dimension);
    }

    /**
     * A model before training.
     *
     * @param schema the declared features.
     * @param shape sizes.
     * @param seed seed of the weights.
     * @return the model.
     */
    public static TwoTowerModel initial(FeatureSchema schema, TowerShape shape, long seed) {
        TwoTowerModel model = new TwoTowerModel(schema, shape);
        for (EmbeddingTable table : model.tables.values()) {
            table.fillGaussian(table == model.items ? ID_DEVIATION : FEATURE_DEVIATION, seed);
        }
        model.queryNetwork.fill(SplitRandom.forStream(seed, 1));
        model.itemNetwork.fill(SplitRandom.forStream(seed, 2));
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
    public static TwoTowerModel load(Path path, FeatureSchema schema) {
        try (SectionFile file = SectionFile.open(path, KIND, VERSION)) {
            Weights.requireSchema(file, schema, "towers", "train them again");
            TwoTowerModel model = new TwoTowerModel(schema, readShape(file));
            try {
                model.readWeights(file);
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
                    new int[] {shape.dimension(), shape.hidden(), shape.featureDimension()});
            writer.longs("schema", new long[] {schemaFingerprint});
            writer.floats("temperature", new float[] {temperature});
            int index = 0;
            for (EmbeddingTable table : tables.values()) {
                writer.section("table." + index++, table.segment());
            }
            write(writer, "query", queryNetwork);
            write(writer, "item", itemNetwork);
            writer.commit();
        }
    }

    /**
     * By what a difference of cosines is divided before it is exponentiated.
     *
     * @return τ as trained, above 0.
     */
    public float temperature() {
        return temperature;
    }

    /**
     * Sets the temperature that was learnt.
     *
     * @param value τ, above 0.
     */
    public void setTemperature(float value) {
        temperature = value;
    }

    /**
     * A tower for users.
     *
     * @return a new one for one thread.
     */
    public QueryTower newQueryTower() {
        return new QueryTower(this);
    }

    /**
     * A tower for items.
     *
     * @return a new one for one thread.
     */
    public ItemTower newItemTower() {
        return new ItemTower(this);
    }

    /**
     * Sizes of the towers.
     *
     * @return the shape.
     */
    public TowerShape shape() {
        return shape;
    }

    /**
     * Embeddings of item ids.
     *
     * @return the live table.
     */
    public EmbeddingTable items() {
        return items;
    }

    /**
     * All embedding tables, sorted by name.
     *
     * @return the live tables.
     */
    public List<EmbeddingTable> tables() {
        return List.copyOf(tables.values());
    }

    /**
     * Input of the query tower from the history.
     *
     * @return shared.
     */
    public HistoryInput history() {
        return history;
    }

    /**
     * Input of the query tower from features; stands behind the history.
     *
     * @return shared.
     */
    public FeatureInput userInput() {
        return userInput;
    }

    /**
     * Input of the item tower from features; stands behind the embedding of the id.
     *
     * @return shared.
     */
    public FeatureInput itemInput() {
        return itemInput;
    }

    /**
     * Dense weights of the query tower.
     *
     * @return shared.
     */
    public TowerNetwork queryNetwork() {
        return queryNetwork;
    }

    /**
     * Dense weights of the item tower.
     *
     * @return shared.
     */
    public TowerNetwork itemNetwork() {
        return itemNetwork;
    }

    /**
     * Writes the input of the item tower.
     *
     * @param rows memory of the item rows.
     * @param offset where the item's row begins, in bytes.
     * @param isAnonymous whether to give the item the id of an unseen one, as training does now and
     *     then, so that items are known by their features too.
     * @param out where to.
     * @param at index of the first float.
     */
    @HotPath
    public void gatherItem(
            MemorySegment rows, long offset, boolean isAnonymous, float[] out, int at) {
        int id = isAnonymous ? FeatureField.UNSEEN : itemId(rows, offset);
        ELEMENTS.copyRow(items.segment(), items.offset(id), out, at, items.dimension());
        itemInput.gatherInto(rows, offset, out, at + items.dimension());
    }

    /**
     * Id of an item in the table of items.
     *
     * @param rows memory of the item rows.
     * @param offset where the item's row begins, in bytes.
     * @return the id.
     */
    @HotPath
    public int itemId(MemorySegment rows, long offset) {
        return rows.get(RowLayout.INT, offset + 4L * itemIdSlot);
    }

    @Override
    public void close() {
        tables.values().forEach(EmbeddingTable::close);
    }

    private FeatureInput input(FeatureSchema schema, FeatureScope scope) {
        List<FeatureField> fields = new ArrayList<>();
        List<EmbeddingTable> fieldTables = new ArrayList<>();
        for (FeatureField field : schema.fields(scope)) {
            boolean isId =
                    field.table().equals(FeatureField.ITEM_TABLE)
                            || field.table().equals(FeatureField.USER_TABLE);
            boolean isUserNumber =
                    scope == FeatureScope.USER && field.kind() == FeatureKind.NUMERIC;
            if (isId || isUserNumber || field.kind() == FeatureKind.SEQUENCE) {
                continue;
            }
            fields.add(field);
            // A number has no table; the items' stands in its place and is never asked for.
            fieldTables.add(
                    field.hasTable()
                            ? tables.computeIfAbsent(
                                    field.table(),
                                    name ->
                                            new EmbeddingTable(
                                                    name,
                                                    field.cardinality(),
                                                    shape.featureDimension()))
                            : items);
        }
        return new FeatureInput(schema.layout(scope), fields, fieldTables);
    }

    private static FeatureField itemIdField(FeatureSchema schema) {
        for (FeatureField field : schema.fields(FeatureScope.ITEM)) {
            if (field.table().equals(FeatureField.ITEM_TABLE)
                    && field.kind() == FeatureKind.CATEGORICAL) {
                return field;
            }
        }
        throw MillraceException.badInput(
                "the schema has no item id: schema=%s; add a categorical item feature of table %s",
                schema.name(), FeatureField.ITEM_TABLE);
    }

    private static TowerShape readShape(SectionFile file) {
        int[] sizes = file.readInts("shape");
        if (sizes.length != SIZES) {
            throw badSizes(file, sizes);
        }
        try {
            return new TowerShape(sizes[0], sizes[1], sizes[2]);
        } catch (MillraceException e) {
            // The record blames the caller's choice; here it is the file that is wrong.
            throw badSizes(file, sizes);
        }
    }

    private static MillraceException badSizes(SectionFile file, int[] sizes) {
        return MillraceException.corrupt(
                file.path(), "bad sizes of the towers: sizes=%s", Arrays.toString(sizes));
    }

    private void readWeights(SectionFile file) {
        float[] trained = {0};
        Weights.copy(file, "temperature", MemorySegment.ofArray(trained));
        if (!(trained[0] > 0)) {
            throw MillraceException.corrupt(
                    file.path(), "temperature not above 0: temperature=%s", trained[0]);
        }
        temperature = trained[0];
        int index = 0;
        for (EmbeddingTable table : tables.values()) {
            String name = "table." + index++;
            Weights.copy(file, name, table.segment());
        }
        read(file, "query", queryNetwork);
        read(file, "item", itemNetwork);
    }

    private static void write(SectionFileWriter writer, String prefix, TowerNetwork network) {
        writer.floats(prefix + ".weights1", network.first().weights())
                .floats(prefix + ".bias1", network.first().bias())
                .floats(prefix + ".weights2", network.second().weights())
                .floats(prefix + ".bias2", network.second().bias());
    }

    private static void read(SectionFile file, String prefix, TowerNetwork network) {
        Weights.copy(file, prefix + ".weights1", MemorySegment.ofArray(network.first().weights()));
        Weights.copy(file, prefix + ".bias1", MemorySegment.ofArray(network.first().bias()));
        Weights.copy(file, prefix + ".weights2", MemorySegment.ofArray(network.second().weights()));
        Weights.copy(file, prefix + ".bias2", MemorySegment.ofArray(network.second().bias()));
        network.first().repack();
        network.second().repack();
    }
}
