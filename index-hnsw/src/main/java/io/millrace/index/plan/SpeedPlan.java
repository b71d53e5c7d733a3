package io.millrace.index.plan;

import io.millrace.core.error.MillraceException;
import io.millrace.index.HnswParameters;
import io.millrace.index.IndexSize;

import java.util.List;
import java.util.stream.Stream;

/**
 * The index whose speed is to be told.
 *
 * @param items how many rows it will have.
 * @param dimension numbers per row.
 * @param parameters how it will be built.
 * @param k how many neighbours are asked for.
 * @param recall part of the true neighbours that searches shall find, above 0 and below 1.
 * @param probeItems the most rows of an index that is built to measure.
 * @param probeSeconds for how long searches of an index are timed, and builds of it repeated.
 */
public record SpeedPlan(
        int items,
        int dimension,
        HnswParameters parameters,
        int k,
        double recall,
        int probeItems,
        double probeSeconds) {
    /** Of rows so long that fewer fill it, fewer are built. */
    private static final long MOST_PROBE_BYTES = 256L << 20;

    private static final double MOST_SECONDS = 3_600;

    /** Refuses what can't be measured. */
    public SpeedPlan {
        if (k < 1 || k > items) {
            throw MillraceException.usage(
                    "out of range: k=%d, limit=1 to %d, the items; change k", k, items);
        }
        if (!(recall > 0 && recall < 1)) {
            throw MillraceException.usage(
                    "no such recall: recall=%s, limit=above 0, below 1; change it", recall);
        }
        if (probeItems < 1 || !(probeSeconds > 0 && probeSeconds <= MOST_SECONDS)) {
            throw MillraceException.usage(
                    "nothing to measure: probe-items=%d, least=1, probe-seconds=%s, limit=above 0"
                            + " to %s; change them",
                    probeItems, probeSeconds, MOST_SECONDS);
        }
    }

    /**
     * Sizes of the indexes that are built to measure: a quarter of the largest, half, and all of
     * it.
     *
     * @return ascending; fewer than three where there are hardly any items.
     */
    List<Integer> probeSizes() {
        long record = IndexSize.of(1, dimension, parameters).recordBytes();
        long fitting = Math.max(1, MOST_PROBE_BYTES / record);
        int largest = (int) Math.min(Math.min(items, probeItems), fitting);
        return Stream.of(largest / 4, largest / 2, largest)
                .map(rows -> Math.max(1, rows))
                .distinct()
                .toList();
    }

    /** Memory of rows and links, which is what searches read. */
    long graphBytes() {
        IndexSize size = IndexSize.of(items, dimension, parameters);
        return size.nodeBytes() + size.upperBytes();
    }
}
