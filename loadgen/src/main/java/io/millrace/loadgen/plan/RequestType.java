package io.millrace.loadgen.plan;

import java.util.Locale;

/** What a planned request asks for, or changes. */
public enum RequestType {
    /** Items for a user. */
    RECOMMEND(false),
    /** Items like an item. */
    SIMILAR(false),
    /** The order of some items for a user. */
    RANK(false),
    /** Items nearest to a vector. */
    SEARCH(false),
    /** Tells what a user did with an item. */
    FEEDBACK(true),
    /** Changes a feature of an item. */
    UPDATE(true),
    /** Brings an item. */
    UPSERT(true),
    /** Takes an item out. */
    DELETE(true);

    private final boolean isChange;

    RequestType(boolean isChange) {
        this.isChange = isChange;
    }

    /** Whether it changes what is served; answers of changes have no items. */
    public boolean isChange() {
        return isChange;
    }

    /** Its name in figures. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
