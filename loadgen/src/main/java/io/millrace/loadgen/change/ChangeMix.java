package io.millrace.loadgen.change;

import io.millrace.client.message.RankColumns;
import io.millrace.core.error.MillraceException;

import java.util.List;

/**
 * How much of a load changes what is served, and by what.
 *
 * <p>Threading: immutable, as long as nobody writes to the arrays.
 *
 * @param feedbackShare share of requests that tell what a user did with an item, 0 to 1.
 * @param updateShare share of requests that change a feature of an item, 0 to 1.
 * @param upsertShare share of requests that bring an item, 0 to 1.
 * @param deleteShare share of requests that take an item out, 0 to 1.
 * @param upsertItems how many different items those bring, over and over.
 * @param deletesServed whether items that the server names are taken out; else only such that the
 *     load has brought itself.
 * @param columns features of items, made up.
 * @param vectors brought with those items, by turns; empty where they follow from their features.
 */
@SuppressWarnings("ArrayRecordComponent") // Handed on, never compared.
public record ChangeMix(
        double feedbackShare,
        double updateShare,
        double upsertShare,
        double deleteShare,
        int upsertItems,
        boolean deletesServed,
        List<RankColumns.Column> columns,
        float[][] vectors) {
    /** Id of the first item that is brought; those of the others follow. */
    public static final long FIRST_NEW_ITEM = 9_000_000_000_000_000L;

    /** The most different items that are brought. */
    public static final int MAX_UPSERT_ITEMS = 1 << 20;

    /** A load that only asks. */
    public static final ChangeMix NONE =
            new ChangeMix(0, 0, 0, 0, 1, false, List.of(), new float[0][]);

    /** Checks every value. */
    public ChangeMix {
        Shares.require("feedbackShare", feedbackShare);
        Shares.require("updateShare", updateShare);
        Shares.require("upsertShare", upsertShare);
        Shares.require("deleteShare", deleteShare);
        if (deleteShare > 0 && upsertShare == 0 && !deletesServed) {
            throw MillraceException.usage(
                    "nothing to delete: deleteShare=%s, upsertShare=0; bring items, too, or say"
                            + " that those of the server are to go",
                    deleteShare);
        }
        if (upsertItems < 1 || upsertItems > MAX_UPSERT_ITEMS) {
            throw MillraceException.usage(
                    "out of range: upsertItems=%d, limit=1 to %d", upsertItems, MAX_UPSERT_ITEMS);
        }
        columns = List.copyOf(columns);
        if (updateShare > 0 && columns.isEmpty()) {
            throw MillraceException.usage(
                    "nothing to change: updateShare=%s, but items have no features; leave it out",
                    updateShare);
        }
        if (upsertShare > 0 && columns.isEmpty() && vectors.length == 0) {
            throw MillraceException.usage(
                    "nothing to bring: upsertShare=%s, but items have no features; bring vectors",
                    upsertShare);
        }
    }

    /**
     * The shares together.
     *
     * @return 0 where the load only asks.
     */
    public double share() {
        return feedbackShare + updateShare + upsertShare + deleteShare;
    }

    /**
     * Whether items of the catalogue are named.
     *
     * @return true for feedback, updates and deletions of what is served.
     */
    public boolean needsItems() {
        return feedbackShare + updateShare + (deletesServed ? deleteShare : 0) > 0;
    }
}
