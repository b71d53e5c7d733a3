package io.millrace.cli.ann;

import io.millrace.cli.console.OptionValues;
import io.millrace.core.simd.CodeKernels;
import io.millrace.index.Metric;
import io.millrace.index.bench.IndexChoice;
import io.millrace.index.graph.RowType;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.nio.file.Path;

/** How vectors and links of an index are kept; what is null nobody asked for. */
final class LayoutOptions {
    @Option(
            names = "--layout",
            paramLabel = "NAME",
            description =
                    "How vectors are kept: flat (no graph), f32, sq8 (f32 with --rows int8), or"
                            + " inlined (codes of the neighbours in each node). Default: inlined"
                            + " from 64 dimensions on, else f32.")
    private IndexChoice.@Nullable Layout layout;

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
                    "Bits per dimension of the codes of inlined, 1 to "
                            + CodeKernels.LARGEST_BITS
                            + ". Default: 1.")
    private @Nullable Integer codeBits;

    @Option(
            names = "--max-connections",
            paramLabel = "M",
            description = "Links of a node on each upper level. Default: 16.")
    private @Nullable Integer maxConnections;

    @Option(
            names = "--ef-construction",
            paramLabel = "N",
            description = "Candidates looked at for a node's links. Default: 200.")
    private @Nullable Integer efConstruction;

    /** The index of these options and what a command has of its own. */
    IndexChoice choice(@Nullable Metric metric, @Nullable Long seed, @Nullable Path file) {
        if (codeBits != null) {
            OptionValues.requireRange("--code-bits", codeBits, 1, CodeKernels.LARGEST_BITS);
        }
        return new IndexChoice(
                metric, layout, rows, codeBits, maxConnections, efConstruction, seed, file);
    }
}
