package io.millrace.cli.data;

import io.millrace.cli.console.CommonOptions;
import io.millrace.cli.console.TextTable;
import io.millrace.cli.console.Texts;
import io.millrace.cli.console.ThreadsOption;
import io.millrace.core.bundle.BundleManifest;
import io.millrace.core.metrics.Figures;
import io.millrace.data.bundle.BuildPlan;
import io.millrace.data.bundle.BuildReport;
import io.millrace.data.bundle.BundleBuilder;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;

/** {@code millrace build}. */
@Command(
        name = "build",
        description = {
            "%nEmbeds every item, builds the graph, and puts towers, vectors, graph, feature rows,"
                    + " ranker and rules into one checksummed folder. The same data set, models and"
                    + " seed give the same bytes.%n"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace build --dataset world --models models --out bundle",
            "  millrace build --dataset world --models models --out bundle --replace"
        })
public final class BuildCommand implements Runnable {
    @Mixin CommonOptions common;
    @Mixin ThreadsOption threads;

    @Option(
            names = "--dataset",
            required = true,
            paramLabel = "DATASET",
            description = "Folder of the data set.")
    private Path dataset;

    @Option(
            names = "--models",
            required = true,
            paramLabel = "MODELS",
            description = "Folder of the models that were trained on it.")
    private Path models;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "BUNDLE",
            description = "Folder to make; must be missing or empty.")
    private Path out;

    @Option(names = "--replace", description = "Replace a folder that is there already.")
    private boolean isReplacing;

    @Option(
            names = "--max-connections",
            paramLabel = "M",
            description = "Links of a node on each upper level. Default: ${DEFAULT-VALUE}.")
    private int maxConnections = BuildPlan.defaults().maxConnections();

    @Option(
            names = "--ef-construction",
            paramLabel = "N",
            description = "Candidates looked at for a node's links. Default: ${DEFAULT-VALUE}.")
    private int efConstruction = BuildPlan.defaults().efConstruction();

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Seed of the graph. Default: ${DEFAULT-VALUE}.")
    private long seed = BuildPlan.defaults().seed();

    /** Filled by picocli. */
    public BuildCommand() {}

    @Override
    public void run() {
        common.validate();
        BuildPlan plan =
                BuildPlan.defaults()
                        .withThreads(threads.count())
                        .withMaxConnections(maxConnections)
                        .withEfConstruction(efConstruction)
                        .withSeed(seed)
                        .withReplace(isReplacing);
        BuildReport report = BundleBuilder.run(dataset, models, out, plan, common.progress());
        BundleManifest manifest = report.manifest();
        Figures figures = report.figures();
        new TextTable()
                .row("items", Texts.count(manifest.items()))
                .row("users", Texts.count(manifest.users()))
                .row("dimension", Texts.count(manifest.dimension()))
                .row("graph", Graphs.summary(report.graph()))
                .row("size", Texts.bytes((long) figures.number("bundle_bytes")))
                .row("fingerprint", manifest.fingerprint())
                .row("embedding", Texts.seconds(report.embedSeconds()))
                .row("graph building", Texts.seconds(report.indexSeconds()))
                .row("time", Texts.seconds(report.totalSeconds()))
                .print(common.out(), "");
        common.write(figures);
    }
}
