package io.millrace.index.attributes;

/** Holds a table in the middle of a change, so that no reader of many cells may trust them. */
public final class OpenChange {
    private OpenChange() {}

    public static void during(AttributeTable table, Runnable action) {
        table.changes().begin();
        action.run();
        table.changes().end();
    }
}
