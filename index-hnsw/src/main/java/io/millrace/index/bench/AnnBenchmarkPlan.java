package io.millrace.index.bench;

import io.millrace.core.error.MillraceException;
import io.millrace.index.GraphLayout;
import io.millrace.index.Metric;
import io.millrace.index.graph.RowType;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.List;

/**
 * What is measured.
 *
 * @param base file of the rows, or a folder {@code fashion-mnist}, which holds queries and truth
 *     too.
 * @param query file of the queries; null only where base is such a folder.
 * @param truth file of the true neighbours, or null to compute them.
 * @param metric how alike vectors are.
 * @param k how many neighbours are asked for.
 * @param ef efforts to measure, each from 1.
 * @param recalls recalls to reach, each 0 to 1: the efforts that they need are measured as well.
 * @param threads threads of the build.
 * @param limitQueries the most queries to use.
 * @param layout how rows are kept.
 * @param rowType how the numbers of rows are kept in a graph.
 * @param codeBits bits per dimension of the codes of an INLINED layout.
 * @param maxConnections links per node and level.
 * @param efConstruction candidates per insertion.
 * @param seed seed of the build.
 * @param index file to load the index from, or to save it to when there is none yet; null for
 *     neither.
 */
public record AnnBenchmarkPlan(
        Path base,
        @Nullable Path query,
        @Nullable Path truth,
        Metric metric,
        int k,
        List<Integer> ef,
        List<Double> recalls,
        int threads,
        int limitQueries,
        Layout layout,
        RowType rowType,
        int codeBits,
        int maxConnections,
        int efConstruction,
        long seed,
        @Nullable Path index) {

    /** Refuses what can't be measured. */
    public AnnBenchmarkPlan {
        ef = List.copyOf(ef);
        recalls = List.copyOf(recalls);
        boolean isIdle = ef.isEmpty() && recalls.isEmpty();
        if (k < 1 || limitQueries < 1 || threads < 1 || isIdle) {
            throw MillraceException.usage(
                    "nothing to measure: k=%d, queries=%d, threads=%d, ef=%s; each must be at"
                            + " least 1",
                    k, limitQueries, threads, ef);
        }
        if (layout == Layout.FLAT && !recalls.isEmpty()) {
            throw MillraceException.usage(
                    "exact search has no recall to reach: layout=%s, recall=%s; leave one out",
                    layout, recalls);
        }
        for (double each : recalls) {
            if (!(each > 0 && each <= 1)) {
                throw MillraceException.usage(
                        "no such recall: recall=%s, limit=above 0 to 1; change --recall", each);
            }
        }
        for (int each : ef) {
            if (each < 1) {
                throw MillraceException.usage("no such effort: ef=%d, least=1", each);
            }
        }
        layout.requireRows(rowType);
    }

    /** How rows are kept. */
    public enum Layout {
        /** Exact scan, no graph. */
        FLAT,
        /** Graph over plain rows, of single precision unless they are to be of another type. */
        F32,
        /** The same over rows of bytes. */
        SQ8,
        /** Graph whose nodes hold codes of their neighbours. */
        INLINED;

        /**
         * The rows that a layout has where nobody asks for others.
         *
         * @return how their numbers are kept.
         */
        public RowType defaultRows() {
            return this == SQ8 ? RowType.INT8 : RowType.F32;
        }

        /**
         * Refuses rows that a layout can't have.
         *
         * @param rows how their numbers are to be kept.
         * @throws MillraceException USAGE for other rows than float32 of FLAT, than bytes of SQ8.
         */
        public void requireRows(RowType rows) {
            boolean isFixed = this == FLAT || this == SQ8;
            if (isFixed && rows != defaultRows()) {
                throw MillraceException.usage(
                        "layout has no such rows: layout=%s, rows=%s, of that layout=%s; change"
                                + " either",
                        this, rows, defaultRows());
            }
        }

        /**
         * What searches of such a graph read.
         *
         * @return the layout of its nodes; of FLAT that of plain rows.
         */
        public GraphLayout graph() {
            return this == INLINED ? GraphLayout.INLINED : GraphLayout.F32;
        }
    }
}
