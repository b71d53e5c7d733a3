package io.millrace.core.bundle;

import java.util.List;

/** Names of the files of a bundle's folder, and of the models it is built from. */
public final class BundleLayout {
    /** What the bundle is, and length and checksum of every other file. */
    public static final String MANIFEST = "manifest.json";

    /** The declared features. */
    public static final String SCHEMA = "schema.json";

    /** Query tower and item tower. */
    public static final String TOWERS = "towers.weights";

    /** Factors of the items, where those are in the index and not the towers' vectors. */
    public static final String FACTORS = "factors.weights";

    /** The ranker. */
    public static final String RANKER = "ranker.weights";

    /** The light ranker, which cuts the candidates before the ranker. */
    public static final String LIGHT_RANKER = "light.weights";

    /** What each item contributes to the ranker's first layers, computed before. */
    public static final String ITEM_HALVES = "ranker.halves";

    /** The same for the light ranker. */
    public static final String LIGHT_HALVES = "light.halves";

    /**
     * How the ranker's probabilities are calibrated; beside trained models, where it was fitted.
     */
    public static final String CALIBRATION = "calibration.json";

    /** Vectors and graph of the items, in the order of their ordinals. */
    public static final String INDEX = "index.hnsw";

    /** Feature rows of the items, in the order of their ordinals. */
    public static final String ITEMS = "items.rows";

    /** What was counted of the items by the end of training, where the schema declares rates. */
    public static final String COUNTERS = "items.counters";

    /** Feature rows of the users. */
    public static final String USERS = "users.rows";

    /** Re-ranking rules. */
    public static final String RULES = "rules.json";

    /** What a folder of trained models is. */
    public static final String MODELS_MANIFEST = "models.json";

    /** Every file a bundle must have beside its manifest. */
    public static final List<String> PARTS =
            List.of(INDEX, ITEMS, RANKER, RULES, SCHEMA, TOWERS, USERS);

    /** Files that a bundle may have beside those. */
    public static final List<String> OPTIONAL_PARTS =
            List.of(FACTORS, LIGHT_RANKER, ITEM_HALVES, LIGHT_HALVES, COUNTERS);

    private BundleLayout() {}
}
