package io.millrace.cli.ann;

import io.millrace.cli.console.CommonOptions;
import io.millrace.cli.console.OptionValues;
import io.millrace.cli.console.TextTable;
import io.millrace.cli.console.Texts;
import io.millrace.cli.console.ThreadsOption;
import io.millrace.core.metrics.Figures;
import io.millrace.index.HnswParameters;
import io.millrace.index.IndexSize;
import io.millrace.index.Metric;
import io.millrace.index.bench.AnnBenchmarkPlan;
import io.millrace.index.graph.RowType;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.lang.management.ManagementFactory;

/** {@code millrace plan}. */
@Command(
        name = "plan",
        description = {
            "%nSays before anything is built what an index of so many items takes. Sizes are exact,"
                    + " the peak of the build is that of a formula: index, rows, and what the"
                    + " builder notes of each row.%n"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace plan --items 1M --dimension 128",
            "  millrace plan --items 100M --dimension 96 --layout inlined",
            "  millrace plan --items 10M --dimension 128 --layout sq8"
        })
public final class PlanCommand implements Runnable {
    private static final int MOST_DIMENSION = 65_536;

    @Mixin CommonOptions common;
    @Mixin ThreadsOption threads;
    @Mixin LayoutOptions layouts;

    @Option(
            names = "--items",
            required = true,
            paramLabel = "N",
            converter = OptionValues.Count.class,
            description = "Count of rows, as in 1000000 or 1M.")
    private long items;

    @Option(
            names = "--dimension",
            required = true,
            paramLabel = "D",
            description = "Numbers per row.")
    private int dimension;

    /** Filled by picocli. */
    public PlanCommand() {}

    @Override
    public void run() {
        common.validate();
        OptionValues.requireRange("--items", items, 1, Integer.MAX_VALUE);
        OptionValues.requireRange("--dimension", dimension, 1, MOST_DIMENSION);
        IndexSize size = size();
        new TextTable()
                .row("a row with its links", Texts.count(size.recordBytes()) + " B")
                .row("rows with their links", Texts.bytes(size.nodeBytes()))
                .row("upper levels", Texts.bytes(size.upperBytes()))
                .row("ids", Texts.bytes(size.idBytes()))
                .row("memory", Texts.bytes(size.memoryBytes()))
                .row("most memory while building, about", Texts.bytes(size.buildPeakBytes()))
                .row("file", Texts.bytes(size.fileBytes()))
                .print(common.out(), "");
        warnOfLittleMemory(size);
        common.write(
                new Figures()
                        .put("items", items)
                        .put("dimension", dimension)
                        .put("record_bytes", size.recordBytes())
                        .put("node_bytes", size.nodeBytes())
                        .put("upper_bytes", size.upperBytes())
                        .put("id_bytes", size.idBytes())
                        .put("memory_bytes", size.memoryBytes())
                        .put("build_peak_bytes", size.buildPeakBytes())
                        .put("file_bytes", size.fileBytes()));
    }

    private IndexSize size() {
        RowType rows = layouts.rows();
        if (layouts.layout() == AnnBenchmarkPlan.Layout.FLAT) {
            return IndexSize.flat((int) items, dimension);
        }
        HnswParameters parameters =
                HnswParameters.defaults(Metric.L2)
                        .withMaxConnections(layouts.maxConnections())
                        .withLayout(layouts.layout().graph())
                        .withCodeBits(layouts.codeBits())
                        .withRowType(rows)
                        .withThreads(threads.count());
        return IndexSize.of((int) items, dimension, parameters);
    }

    private void warnOfLittleMemory(IndexSize size) {
        if (!(ManagementFactory.getOperatingSystemMXBean()
                instanceof com.sun.management.OperatingSystemMXBean system)) {
            return;
        }
        long machineBytes = system.getTotalMemorySize();
        if (size.buildPeakBytes() > machineBytes) {
            common.out()
                    .println(
                            "warning: building takes more memory than this machine has: build="
                                    + Texts.bytes(size.buildPeakBytes())
                                    + ", machine="
                                    + Texts.bytes(machineBytes));
        }
    }
}
