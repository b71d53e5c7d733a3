package io.millrace.data.dataset;

/** Names of the files of a data set's folder. */
public final class DatasetLayout {
    /** What it is, and the checksum of every other file. */
    public static final String MANIFEST = "dataset.json";

    /** The declared features. */
    public static final String SCHEMA = "schema.json";

    /**
     * Feature rows of the users; histories are sequences in them and end before the first
     * impression.
     */
    public static final String USERS = "users.rows";

    /** Feature rows of the items. */
    public static final String ITEMS = "items.rows";

    /**
     * Raw values of the items' features, in the order of their rows; only where these do not tell
     * them all.
     */
    public static final String ATTRIBUTES = "items.attributes";

    /** Impressions to train on, in the order of time. */
    public static final String TRAIN = "train.events";

    /** Impressions to test on, all later. */
    public static final String TEST = "test.events";

    /**
     * What was counted of the items by the end of the days to train on; only where the schema
     * declares rates.
     */
    public static final String COUNTERS = "items.counters";

    /** The hidden preference of a simulated world. */
    public static final String TRUTH = "truth.hidden";

    private DatasetLayout() {}
}
