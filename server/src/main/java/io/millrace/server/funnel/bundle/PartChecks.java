package io.millrace.server.funnel.bundle;

import io.millrace.core.bundle.BundleManifest;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.index.HnswIndex;
import io.millrace.index.Metric;
import io.millrace.index.graph.RowType;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.retrieval.RetrievalModel;
import io.millrace.server.config.ServerConfig.FunnelConfig;
import io.millrace.server.funnel.scoring.BundleRanker;

/**
 * Whether the parts of a bundle were made for each other, and for what is configured.
 *
 * <p>Threading: any thread.
 */
final class PartChecks {
    private PartChecks() {}

    /** Refuses vectors, rows and models that are not of the same items and users. */
    static void requireSame(
            BundleManifest manifest,
            HnswIndex index,
            RetrievalModel retrieval,
            RowTable itemRows,
            RowTable userRows) {
        requireSame(
                "metric",
                retrieval.hasUnitVectors() ? Metric.COSINE : Metric.INNER_PRODUCT,
                index.metric());
        // The ranker reads rows of the index in place.
        requireSame("rows", RowType.F32, index.parameters().rowType());
        requireSame("dimension", manifest.dimension(), index.dimension());
        requireSame("dimension", manifest.dimension(), retrieval.dimension());
        requireSame("items", manifest.items(), (long) index.size());
        requireSame("items", manifest.items(), (long) itemRows.count());
        requireSame("users", manifest.users(), (long) userRows.count());
        for (int ordinal = 0; ordinal < index.size(); ordinal++) {
            if (index.itemId(ordinal) != itemRows.id(ordinal)) {
                throw MillraceException.of(
                        ErrorCode.MISMATCH,
                        "index and rows differ in order: ordinal=%d, index=%d, rows=%d; build the"
                                + " bundle again",
                        ordinal,
                        index.itemId(ordinal),
                        itemRows.id(ordinal));
            }
        }
    }

    /** Refuses a bundle whose parts were not made for each other. */
    static void requireSame(String what, Object expected, Object actual) {
        if (!expected.equals(actual)) {
            throw MillraceException.of(
                    ErrorCode.MISMATCH,
                    "parts of the bundle do not belong together: what=%s, expected=%s, actual=%s;"
                            + " build the bundle again",
                    what,
                    expected,
                    actual);
        }
    }

    /** Haste does without one, but what is configured is not left undone in silence. */
    static void requireLightRanker(BundleRanker ranker, FunnelConfig funnel) {
        if (funnel.ranked() > 0 && !ranker.hasLightRanker()) {
            throw MillraceException.of(
                    ErrorCode.MISMATCH,
                    "bundle without a light ranker: funnel.ranked=%d; train and build it again, or"
                            + " set that to 0",
                    funnel.ranked());
        }
    }
}
