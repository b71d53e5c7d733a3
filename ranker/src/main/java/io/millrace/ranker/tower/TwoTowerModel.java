package io.millrace.ranker.tower;

import io.millrace.core.HotPath;
import io.millrace.core.error.MillraceException;
import io.millrace.core.random.SplitRandom;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.model.EmbeddingTable;
import io.millrace.ranker.model.EmbeddingTables;
import io.millrace.ranker.model.FeatureInput;
import io.millrace.ranker.model.LayerSource;
import io.millrace.ranker.model.WeightType;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;

/**
 * Weights of both towers. The embeddings of item ids are shared: they are the first part of an
 * item's input and what a user's history is pooled from.
 *
 * <p>The query tower takes the histories and the categorical features of a user. It does not take
 * the user's numbers: most of them are counted over the very history whose next item is to be
 * foretold in training.
 *
 * <p>In files as {@link TwoTowerFile} says.
 *
 * <p>Threading: immutable once trained, any thread. Ownership: close it when no tower is used any
 * more.
 */
public final class TwoTowerModel implements AutoCloseable {
    static final String QUERY = "query";
    static final String ITEM = "item";

    private static final float FIRST_TEMPERATURE = 0.1f;
    private static final double ID_DEVIATION = 0.05;
    private static final double FEATURE_DEVIATION = 0.1;

    private final long schemaFingerprint;
    private final TowerShape shape;
    private final EmbeddingTables embeddings;
    private final EmbeddingTable items;
    private final int itemIdSlot;
    private final HistoryInput history;
    private final FeatureInput userInput;
    private final FeatureInput itemInput;
    private final TowerNetwork queryNetwork;
    private final TowerNetwork itemNetwork;
    private float temperature = FIRST_TEMPERATURE;

    TwoTowerModel(
            FeatureSchema schema,
            TowerShape shape,
            EmbeddingTables embeddings,
            LayerSource layers) {
        TowerFeatures features = new TowerFeatures(schema);
        this.schemaFingerprint = schema.fingerprint();
        this.shape = shape;
        this.embeddings = embeddings;
        this.items = embeddings.table(FeatureField.ITEM_TABLE);
        this.itemIdSlot = schema.layout(FeatureScope.ITEM).slotOf(features.itemId());
        this.history = new HistoryInput(schema, items);
        this.userInput = features.input(FeatureScope.USER, embeddings);
        this.itemInput = features.input(FeatureScope.ITEM, embeddings);
        int dimension = shape.dimension();
        this.queryNetwork =
                new TowerNetwork(
                        layers,
                        QUERY,
                        history.width() + userInput.width(),
                        history.width(),
                        shape.hidden(),
                        dimension);
        this.itemNetwork =
                new TowerNetwork(
                        layers,
                        ITEM,
                        dimension + itemInput.width(),
                        dimension,
                        shape.hidden(),
                        dimension);
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
        EmbeddingTables embeddings =
                EmbeddingTables.zeros(new TowerFeatures(schema).tableSizes(shape));
        TwoTowerModel model = new TwoTowerModel(schema, shape, embeddings, LayerSource.ZEROS);
        for (EmbeddingTable table : model.tables()) {
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
        return TwoTowerFile.read(path, schema);
    }

    /**
     * Writes the model.
     *
     * @param path where to.
     */
    public void save(Path path) {
        save(path, embeddings.type());
    }

    /**
     * Writes the model with embeddings of another type.
     *
     * @param path where to.
     * @param type how the embeddings are to be kept there.
     */
    public void save(Path path, WeightType type) {
        TwoTowerFile.write(this, path, type);
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

    long schemaFingerprint() {
        return schemaFingerprint;
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
        return List.copyOf(embeddings.byName().values());
    }

    /**
     * The embeddings as a whole.
     *
     * @return the live tables.
     */
    public EmbeddingTables embeddings() {
        return embeddings;
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
        items.copyInto(id, out, at);
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
        embeddings.close();
    }
}
