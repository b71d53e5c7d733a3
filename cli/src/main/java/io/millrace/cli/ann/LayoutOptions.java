package io.millrace.cli.ann;

import io.millrace.index.HnswParameters;
import io.millrace.index.Metric;
import io.millrace.index.bench.AnnBenchmarkPlan;
import io.millrace.index.graph.RowType;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.util.Locale;

/** How vectors and links of an index are kept. */
final class LayoutOptions {
    private static final HnswParameters DEFAULTS = HnswParameters.defaults(Metric.L2);

    @Option(
            names = "--layout",
            paramLabel = "NAME",
            description =
                    "How vectors are kept: flat (no graph), f32, sq8 (f32 with --rows int8), or"
                            + " inlined (codes of the neighbours in each node). Default: f32.")
    private AnnBenchmarkPlan.Layout layout = AnnBenchmarkPlan.Layout.F32;

    @Option(
            names = "--rows",
            paramLabel = "TYPE",
            description =
                    "Numbers of the rows in a graph: f32, bf16 or int8, for less memory at some"
                            + " loss. Default: f32; int8 with sq8.")
    private @Nullable RowType rows;

    @Option(
            names = "--code-bits",
            paramLabel = "N",
            description =
                    "Bits per dimension of the codes of inlined, 1 to 4. Default:"
                            + " ${DEFAULT-VALUE}.")
    private int codeBits = DEFAULTS.codeBits();

    @Option(
            names = "--max-connections",
            paramLabel = "M",
            description = "Links of a node on each upper level. Default: ${DEFAULT-VALUE}.")
    private int maxConnections = DEFAULTS.maxConnections();

    AnnBenchmarkPlan.Layout layout() {
        return layout;
    }

    /** Numbers of the rows, which the layout can have. */
    RowType rows() {
        RowType type = rows == null ? layout.defaultRows() : rows;
        layout.requireRows(type);
        return type;
    }

    int codeBits() {
        return codeBits;
    }

    int maxConnections() {
        return maxConnections;
    }

    /** A type of rows as it is given and printed. */
    static String name(RowType type) {
        return type.name().toLowerCase(Locale.ROOT);
    }
}
