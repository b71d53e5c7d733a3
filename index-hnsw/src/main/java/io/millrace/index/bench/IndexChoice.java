package io.millrace.index.bench;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.index.GraphLayout;
import io.millrace.index.HnswIndex;
import io.millrace.index.HnswParameters;
import io.millrace.index.Metric;
import io.millrace.index.graph.RowType;

import org.jspecify.annotations.Nullable;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;

/**
 * Which index is measured or planned. What is null is left to the file, where there is one, else to
 * the defaults.
 *
 * @param metric how alike vectors are.
 * @param layout what there is beside the rows.
 * @param rowType how the numbers of rows are kept.
 * @param codeBits bits per dimension of the codes of an INLINED layout.
 * @param maxConnections links per node and level.
 * @param efConstruction candidates per insertion.
 * @param seed seed of the build.
 * @param file where to load the index from, or to save it to when there is none yet; null for
 *     neither.
 */
public record IndexChoice(
        @Nullable Metric metric,
        @Nullable Layout layout,
        @Nullable RowType rowType,
        @Nullable Integer codeBits,
        @Nullable Integer maxConnections,
        @Nullable Integer efConstruction,
        @Nullable Long seed,
        @Nullable Path file) {

    /** How vectors are kept. */
    public enum Layout {
        /** Exact scan, no graph. */
        FLAT,
        /** Graph over plain rows, of single precision unless they are to be of another type. */
        F32,
        /** The same over rows of bytes. */
        SQ8,
        /** Graph whose nodes hold codes of their neighbours. */
        INLINED;

        /** The name of a graph of such rows. */
        static Layout of(GraphLayout layout, RowType rowType) {
            return switch (layout) {
                case F32 -> rowType == RowType.INT8 ? SQ8 : F32;
                case INLINED -> INLINED;
            };
        }

        /**
         * The name that users give it.
         *
         * @return lower case.
         */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** The rows that the name stands for where nobody asks for others, or null for any. */
        private @Nullable RowType namedRows() {
            return switch (this) {
                case FLAT, F32 -> RowType.F32;
                case SQ8 -> RowType.INT8;
                case INLINED -> null;
            };
        }

        private boolean canHave(RowType rows) {
            boolean isFixed = this == FLAT || this == SQ8;
            return !isFixed || rows == namedRows();
        }

        private GraphLayout graph() {
            return this == INLINED ? GraphLayout.INLINED : GraphLayout.F32;
        }
    }

    /** Refuses what contradicts itself. */
    public IndexChoice {
        if (layout == Layout.FLAT && file != null) {
            throw MillraceException.usage(
                    "exact search has no file: layout=flat, index=%s; leave one out", file);
        }
        if (codeBits != null && layout != null && layout != Layout.INLINED) {
            throw MillraceException.usage(
                    "only inlined has codes: layout=%s, code-bits=%d; leave one out",
                    layout, codeBits);
        }
        if (layout != null && rowType != null && !layout.canHave(rowType)) {
            throw MillraceException.usage(
                    "layout has no such rows: layout=%s, rows=%s, of that layout=%s; change either",
                    layout, rowType, layout.namedRows());
        }
    }

    /**
     * All that is left open.
     *
     * @return no file, and the defaults.
     */
    public static IndexChoice defaults() {
        return new IndexChoice(null, null, null, null, null, null, null, null);
    }

    /**
     * Whether there is no graph.
     *
     * @return true for exact search alone.
     */
    public boolean isFlat() {
        return layout == Layout.FLAT;
    }

    boolean isThere() {
        return file != null && Files.exists(file);
    }

    /** The metric that is given, or the default. */
    Metric metricOrDefault() {
        return metric == null ? Metric.L2 : metric;
    }

    /**
     * How to build a graph.
     *
     * @param dimension numbers per row.
     * @param threads how many threads build.
     * @return the parameters; of FLAT those of plain rows.
     */
    public HnswParameters parameters(int dimension, int threads) {
        HnswParameters defaults = HnswParameters.defaults(metricOrDefault());
        return new HnswParameters(
                metricOrDefault(),
                Objects.requireNonNullElse(maxConnections, defaults.maxConnections()),
                Objects.requireNonNullElse(efConstruction, defaults.efConstruction()),
                Objects.requireNonNullElse(seed, defaults.seed()),
                threads,
                graphLayout(dimension),
                Objects.requireNonNullElse(codeBits, defaults.codeBits()),
                Objects.requireNonNullElse(wantedRows(), defaults.rowType()));
    }

    /**
     * The name of a layout that was chosen.
     *
     * @param parameters those of this choice.
     * @return FLAT for it, else the layout that such a graph has.
     */
    public Layout layoutOf(HnswParameters parameters) {
        return isFlat() ? Layout.FLAT : Layout.of(parameters.layout(), parameters.rowType());
    }

    private @Nullable RowType wantedRows() {
        return rowType == null && layout != null ? layout.namedRows() : rowType;
    }

    private GraphLayout graphLayout(int dimension) {
        if (layout == null) {
            return codeBits == null ? GraphLayout.forDimension(dimension) : GraphLayout.INLINED;
        }
        return layout.graph();
    }

    /** The same with what a loaded index is; refuses one that is not what was asked for. */
    IndexChoice filledFrom(HnswIndex index) {
        HnswParameters built = index.parameters();
        requireSame("metric", metric, built.metric());
        requireSame("layout", layout == null ? null : layout.graph(), built.layout());
        requireSame("rows", wantedRows(), built.rowType());
        if (codeBits != null) {
            requireSame("layout", GraphLayout.INLINED, built.layout());
            requireSame("code-bits", codeBits, built.codeBits());
        }
        requireSame("max-connections", maxConnections, built.maxConnections());
        requireSame("ef-construction", efConstruction, built.efConstruction());
        requireSame("seed", seed, built.seed());
        return new IndexChoice(
                built.metric(),
                Layout.of(built.layout(), built.rowType()),
                built.rowType(),
                built.layout() == GraphLayout.INLINED ? built.codeBits() : null,
                built.maxConnections(),
                built.efConstruction(),
                built.seed(),
                file);
    }

    private void requireSame(String what, @Nullable Object wanted, Object actual) {
        if (wanted != null && !wanted.equals(actual)) {
            throw MillraceException.of(
                    ErrorCode.MISMATCH,
                    "index was built otherwise: file=%s, %s=%s, wanted=%s; leave the option out,"
                            + " remove the file or name another",
                    file,
                    what,
                    actual,
                    wanted);
        }
    }
}
