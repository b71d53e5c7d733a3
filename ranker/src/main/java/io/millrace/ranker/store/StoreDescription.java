package io.millrace.ranker.store;

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

    StoreDescription whenOpen(boolean isLoaded, long bytes) {
        return new StoreDescription(
                version, layout, rowBytes, capacity, isLoaded, false, bytes, "");
    }

    StoreDescription whenClosed(boolean isLoaded, long bytes, int crc) {
        return new StoreDescription(
                version,
                layout,
                rowBytes,
                capacity,
                isLoaded,
                true,
                bytes,
                String.format("%08x", crc));
    }
}
