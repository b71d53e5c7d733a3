package io.millrace.cli.data;

import io.millrace.cli.console.CommonOptions;
import io.millrace.cli.console.OptionValues;
import io.millrace.cli.console.TextTable;
import io.millrace.cli.console.Texts;
import io.millrace.cli.console.ThreadsOption;
import io.millrace.core.metrics.Figures;
import io.millrace.data.simulate.VectorPlan;
import io.millrace.data.simulate.VectorSimulator;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;

/** {@code millrace simulate vectors}. */
@Command(
        name = "vectors",
        description = {
            "%nMakes vectors as a two-tower model does, clustered and of unit length, with queries"
                    + " of the same law and their true neighbours, to measure indexes on: a folder"
                    + " that millrace ann bench --base takes. The same seed gives the same bytes.%n"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace simulate vectors --n 1M --dimension 128 --out vectors",
            "  millrace ann bench --base vectors --ef 32,64,128"
        })
public final class SimulateVectorsCommand implements Runnable {
    private static final double NS_PER_SECOND = 1e9;

    @Mixin CommonOptions common;
    @Mixin ThreadsOption threads;

    @Option(
            names = "--n",
            required = true,
            paramLabel = "N",
            converter = OptionValues.Count.class,
            description = "Count of rows, as in 1000000 or 1M.")
    private long count;

    @Option(
            names = "--queries",
            paramLabel = "N",
            converter = OptionValues.Count.class,
            description = "Count of queries. Default: ${DEFAULT-VALUE}.",
            defaultValue = "10000")
    private long queries;

    @Option(
            names = "--k",
            paramLabel = "N",
            description = "True neighbours of each query. Default: ${DEFAULT-VALUE}.",
            defaultValue = "100")
    private int k;

    @Option(
            names = "--dimension",
            paramLabel = "D",
            description = "Numbers per row. Default: ${DEFAULT-VALUE}.",
            defaultValue = "128")
    private int dimension;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of the rows. Default: 1.")
    private long seed = 1;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR",
            description = "Folder to make; must be missing or empty.")
    private Path out;

    /** Filled by picocli. */
    public SimulateVectorsCommand() {}

    @Override
    public void run() {
        common.validate();
        OptionValues.requireRange("--n", count, 1, Integer.MAX_VALUE);
        OptionValues.requireRange("--queries", queries, 1, Integer.MAX_VALUE);
        VectorPlan plan =
                new VectorPlan((int) count, (int) queries, k, dimension, seed, threads.count());
        long startNs = System.nanoTime();
        VectorSimulator.run(plan, out, common.progress());
        double seconds = (System.nanoTime() - startNs) / NS_PER_SECOND;
        new TextTable()
                .row("rows", Texts.count(plan.count()))
                .row("queries", Texts.count(plan.queries()))
                .row("dimension", Texts.count(plan.dimension()))
                .row("time", Texts.seconds(seconds))
                .print(common.out(), "");
        common.write(
                new Figures()
                        .put("rows", plan.count())
                        .put("queries", plan.queries())
                        .put("dimension", plan.dimension())
                        .put("seconds", seconds));
    }
}
