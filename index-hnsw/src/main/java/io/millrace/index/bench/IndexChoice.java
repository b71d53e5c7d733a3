package io.millrace.index.bench;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.index.GraphLayout;
import io.millrace.index.HnswIndex;
import io.millrace.index.HnswParameters;
import io.millrace.index.Metric;

import org.jspecify.annotations.Nullable;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Which index is measured. What is null is left to the file, where there is one, else to the
 * defaults.
 *
 * @param metric how alike vectors are.
 * @param layout how rows are kept.
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
        @Nullable Integer codeBits,
        @Nullable Integer maxConnections,
        @Nullable Integer efConstruction,
        @Nullable Long seed,
        @Nullable Path file) {

    /** How rows are kept. */
    public enum Layout {
        /** Exact scan, no graph. */
        FLAT,
        /** Graph over single-precision rows. */
        F32,
        /** Graph whose nodes hold codes of their neighbours. */
        INLINED;

        static Layout of(GraphLayout layout) {
            return switch (layout) {
                case F32 -> F32;
                case INLINED -> INLINED;
            };
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
    }

    /**
     * All that is left open.
     *
     * @return no file, and the defaults.
     */
    public static IndexChoice defaults() {
        return new IndexChoice(null, null, null, null, null, null, null);
    }

    boolean isFlat() {
        return layout == Layout.FLAT;
    }

    boolean isThere() {
        return file != null && Files.exists(file);
    }

    /** The metric that is given, or the default. */
    Metric metricOrDefault() {
        return metric == null ? Metric.L2 : metric;
    }

    /** How to build a graph. */
    HnswParameters parameters(int dimension, int threads) {
        HnswParameters defaults = HnswParameters.defaults(metricOrDefault());
        return new HnswParameters(
                metricOrDefault(),
                Objects.requireNonNullElse(maxConnections, defaults.maxConnections()),
                Objects.requireNonNullElse(efConstruction, defaults.efConstruction()),
                Objects.requireNonNullElse(seed, defaults.seed()),
                threads,
                graphLayout(dimension),
                Objects.requireNonNullElse(codeBits, defaults.codeBits()));
    }

    private GraphLayout graphLayout(int dimension) {
        if (layout == null) {
            return codeBits == null ? GraphLayout.forDimension(dimension) : GraphLayout.INLINED;
        }
        return layout == Layout.INLINED ? GraphLayout.INLINED : GraphLayout.F32;
    }

    /** The same with what a loaded index is; refuses one that is not what was asked for. */
    IndexChoice filledFrom(HnswIndex index) {
        HnswParameters built = index.parameters();
        Layout own = Layout.of(built.layout());
        requireSame("metric", metric, built.metric());
        requireSame("layout", layout, own);
        if (codeBits != null) {
            requireSame("layout", Layout.INLINED, own);
            requireSame("code-bits", codeBits, built.codeBits());
        }
        requireSame("max-connections", maxConnections, built.maxConnections());
        requireSame("ef-construction", efConstruction, built.efConstruction());
        requireSame("seed", seed, built.seed());
        return new IndexChoice(
                built.metric(),
                own,
                own == Layout.INLINED ? built.codeBits() : null,
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
