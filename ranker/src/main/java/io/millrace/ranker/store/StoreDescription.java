package io.millrace.ranker.store;

import io.millrace.core.error.MillraceException;

/**
 * What stands beside a store's file in JSON: what its rows are, and whether it was closed in order.
 *
 * @param version version of the store's format.
 * @param layout fingerprint of the row layout, 16 hex digits.
 * @param rowBytes bytes of a row.
 * @param capacity rows it was planned for.
 * @param loaded whether its first filling was finished.
 * @param clean whether it was closed in order; else it is checked entry by entry when opened.
 * @param fileBytes length of the file when it was last closed or made.
 * @param checksum CRC32C of the file when it was closed in order, 8 hex digits; else empty.
 */
record StoreDescription(
        int version,
        String layout,
        int rowBytes,
        long capacity,
        boolean loaded,
        boolean clean,
        long fileBytes,
        String checksum) {

    static final int VERSION = 1;

    /** What to do about a store that is damaged, or not the one that is wanted. */
    static final String REMEDY = "remove the state folder, it is filled again from the bundle";

    /** The most rows a store is planned for. */
    static final long MOST_CAPACITY = Integer.MAX_VALUE;

    /** Validates, as far as it does not hang on the store. */
    StoreDescription {
        // Keys that a file leaves out arrive as null.
        if ((Object) layout == null
                || (Object) checksum == null
                || capacity < 1
                || capacity > MOST_CAPACITY) {
            throw MillraceException.badInput(
                    "bad description of a feature store: layout=%s, checksum=%s, capacity=%d,"
                            + " least=1, most=%d; %s",
                    layout, checksum, capacity, MOST_CAPACITY, REMEDY);
        }
    }

    StoreDescription whenOpen(boolean isLoaded, long bytes) {
        return new StoreDescription(
                version, layout, rowBytes, capacity, isLoaded, false, bytes, "");
    }

    StoreDescription whenClosed(boolean isLoaded, long bytes, int crc) {
        return new StoreDescription(
                version, layout, rowBytes, capacity, isLoaded, true, bytes, printOf(crc));
    }

    /** A checksum as it stands in the file. */
    static String printOf(int crc) {
        return String.format("%08x", crc);
    }
}
