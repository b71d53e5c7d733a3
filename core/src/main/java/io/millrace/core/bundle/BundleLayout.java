package io.millrace.core.bundle;

import java.util.List;

/** Names of the files of a bundle's folder, and of the models it is built from. */
public final class BundleLayout {
    /** How names of parts end that are text; all others are section files. */
    static final String TEXT = ".json";

    /** What the bundle is, and length and checksum of every other file. */
    public static final String MANIFEST = "manifest.json";

    /** The declared features. */
    public static final String SCHEMA = "schema.json";

    /** Query tower and item tower. */
    public static final String TOWERS = "towers.weights";

    /** Factors of the items, where those are in the index, instead of or beside the towers. */
    public static final String FACTORS = "factors.weights";

    /** How towers and factors are joined, where both are in the index. */
    public static final String BLEND = "blend.weights";

    /** For each item those that the same users watched, where candidates come from these. */
    public static final String NEIGHBOURS = "neighbours.lists";

    /** What most users watched last, where that is what everybody's candidates are. */
    public static final String POPULAR = "popular.lists";

    /** The ranker. */
    public static final String RANKER = "ranker.weights";

    /** The light ranker, which cuts the candidates before the ranker. */
    public static final String LIGHT_RANKER = "light.weights";

    /** What each item contributes to the ranker's first layers, computed before. */
    public static final String ITEM_HALVES = "ranker.halves";

    /** The same for the light ranker. */
    public static final String LIGHT_HALVES = "light.halves";

    /** How the probabilities of a ranker alone are calibrated. */
    public static final String CALIBRATION = "calibration.json";

    /** Vectors and graph of the items, in the order of their ordinals. */
    public static final String INDEX = "index.hnsw";

    /** Feature rows of the items, in the order of their ordinals. */
    public static final String ITEMS = "items.rows";

    /** What was counted of the items by the end of training, where the schema declares rates. */
    public static final String COUNTERS = "items.counters";

    /** Feature rows of the users. */
    public static final String USERS = "users.rows";

    /** Raw values of the items' features, which requests filter by, in the order of ordinals. */
    public static final String ATTRIBUTES = "items.attributes";

    /** Re-ranking rules. */
    public static final String RULES = "rules.json";

    /** What a folder of trained models is. */
    public static final String MODELS_MANIFEST = "models.json";

    /** Every file the bundle of a whole funnel must have beside its manifest. */
    public static final List<String> PARTS =
            List.of(INDEX, ITEMS, RANKER, RULES, SCHEMA, TOWERS, USERS);

    /** Files that such a bundle may have beside those. */
    public static final List<String> OPTIONAL_PARTS =
            List.of(
                    BLEND,
                    FACTORS,
                    NEIGHBOURS,
                    POPULAR,
                    LIGHT_RANKER,
                    ITEM_HALVES,
                    LIGHT_HALVES,
                    COUNTERS,
                    ATTRIBUTES);

    /** Every file the bundle of a ranker alone must have beside its manifest. */
    public static final List<String> RANKER_PARTS = List.of(RANKER, SCHEMA);

    /** Files that such a bundle may have beside those. */
    public static final List<String> OPTIONAL_RANKER_PARTS = List.of(CALIBRATION);

    private BundleLayout() {}
}
