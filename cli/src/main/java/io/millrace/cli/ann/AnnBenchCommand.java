package io.millrace.cli.ann;

import io.millrace.cli.console.CommonOptions;
import io.millrace.cli.console.OptionValues;
import io.millrace.cli.console.TextTable;
import io.millrace.cli.console.Texts;
import io.millrace.cli.console.ThreadsOption;
import io.millrace.core.metrics.Figures;
import io.millrace.index.HnswParameters;
import io.millrace.index.Metric;
import io.millrace.index.bench.AnnBenchmark;
import io.millrace.index.bench.AnnBenchmarkPlan;
import io.millrace.index.bench.AnnBenchmarkResult;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** {@code millrace ann bench}. */
@Command(
        name = "bench",
        header = "build an index and measure recall and speed",
        description = {
            "%nReads .fvecs, .bvecs, .npy and IDX images, also compressed by gzip; a folder like"
                    + " fashion-mnist brings its own queries and truth. Without --truth the true"
                    + " neighbours are computed. Queries run on one thread.%n"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace ann bench --base data/fashion-mnist --ef 16,32,64,128",
            "  millrace ann bench --base b.fvecs --query q.fvecs --truth t.ivecs --metric ip --k 10"
        })
public final class AnnBenchCommand implements Runnable {
    private static final int MOST_K = 10_000;
    private static final int PERCENT = 100;

    @Mixin CommonOptions common;
    @Mixin ThreadsOption threads;
    @Mixin LayoutOptions layouts;

    @Option(
            names = "--base",
            required = true,
            paramLabel = "FILE",
            description = "The vectors to index.")
    private Path base;

    @Option(names = "--query", paramLabel = "FILE", description = "The queries.")
    private @Nullable Path query;

    @Option(
            names = "--truth",
            paramLabel = "FILE",
            description = "The true neighbours of the queries, .ivecs.")
    private @Nullable Path truth;

    @Option(
            names = "--metric",
            paramLabel = "NAME",
            defaultValue = "l2",
            converter = MetricName.class,
            description = "How alike vectors are: l2, ip or cosine. Default: ${DEFAULT-VALUE}.")
    private Metric metric;

    @Option(
            names = "--k",
            paramLabel = "N",
            description = "Neighbours asked for. Default: ${DEFAULT-VALUE}.")
    private int k = 10;

    @Option(
            names = "--ef",
            paramLabel = "N,N",
            split = ",",
            description = "Efforts to measure. Default: 16,32,64,128, or none with --recall.")
    private @Nullable List<Integer> ef;

    @Option(
            names = "--recall",
            paramLabel = "R,R",
            split = ",",
            description =
                    "Recalls to reach, as in 0.9,0.95: the index is calibrated on rows of"
                            + " its own, or its file says how, and the effort that each needs is"
                            + " measured on the queries.")
    private List<Double> recalls = List.of();

    @Option(
            names = "--limit-queries",
            paramLabel = "N",
            converter = OptionValues.Count.class,
            description = "Use no more queries. Default: all.")
    private long limitQueries = Integer.MAX_VALUE;

    @Option(
            names = "--ef-construction",
            paramLabel = "N",
            description = "Candidates looked at for a node's links. Default: ${DEFAULT-VALUE}.")
    private int efConstruction = HnswParameters.defaults(Metric.L2).efConstruction();

    @Option(names = "--seed", paramLabel = "N", description = "Seed of the graph. Default: 1.")
    private long seed = 1;

    @Option(
            names = "--index",
            paramLabel = "FILE",
            description = "Load the index from FILE, or save it there when there is none yet.")
    private @Nullable Path index;

    /** Filled by picocli. */
    public AnnBenchCommand() {}

    @Override
    public void run() {
        common.validate();
        OptionValues.requireRange("--k", k, 1, MOST_K);
        OptionValues.requireRange("--limit-queries", limitQueries, 1, Integer.MAX_VALUE);
        for (int each : efforts()) {
            OptionValues.requireRange("--ef", each, 1, Integer.MAX_VALUE);
        }
        AnnBenchmarkPlan plan =
                new AnnBenchmarkPlan(
                        base,
                        query,
                        truth,
                        metric,
                        k,
                        efforts(),
                        recalls,
                        threads.count(),
                        (int) limitQueries,
                        layouts.layout(),
                        layouts.rows(),
                        layouts.codeBits(),
                        layouts.maxConnections(),
                        efConstruction,
                        seed,
                        index);
        common.warnOfSmallPages();
        AnnBenchmarkResult result = AnnBenchmark.run(plan, common.progress());
        print(result);
        common.write(figures(result));
    }

    private List<Integer> efforts() {
        if (ef != null) {
            return ef;
        }
        return recalls.isEmpty() ? List.of(16, 32, 64, 128) : List.of();
    }

    private void print(AnnBenchmarkResult result) {
        new TextTable()
                .row("vectors", Texts.count(result.vectors()))
                .row("dimension", Texts.count(result.dimension()))
                .row("queries", Texts.count(result.queries()))
                .row("build", Texts.seconds(result.buildSeconds()))
                .row("bytes a vector", Texts.number(result.bytesPerVector(), 1))
                .row("rows", LayoutOptions.name(result.rows()))
                .row("error of distances", percent(result.rowsError()))
                .row("worst of them", percent(result.rowsWorstError()))
                .print(common.out(), "");
        common.out().println();
        TextTable table =
                new TextTable().row("wanted", "ef", "recall@" + k, "queries/s", "p50", "p99");
        for (AnnBenchmarkResult.Run run : result.runs()) {
            table.row(
                    Texts.number(run.target(), 4),
                    String.valueOf(run.ef()),
                    Texts.number(run.recall(), 4),
                    Texts.number(run.qps(), 0),
                    Texts.micros(run.p50Us()),
                    Texts.micros(run.p99Us()));
        }
        table.print(common.out(), "");
    }

    private static String percent(double part) {
        return Texts.number(PERCENT * part, 3) + " %";
    }

    private Figures figures(AnnBenchmarkResult result) {
        List<Figures> runs = new ArrayList<>();
        for (AnnBenchmarkResult.Run run : result.runs()) {
            runs.add(
                    new Figures()
                            .put("target", run.target())
                            .put("ef", run.ef())
                            .put("recall", run.recall())
                            .put("qps", run.qps())
                            .put("p50_us", run.p50Us())
                            .put("p99_us", run.p99Us()));
        }
        return new Figures()
                .put("vectors", result.vectors())
                .put("dimension", result.dimension())
                .put("queries", result.queries())
                .put("k", k)
                .put("metric", MetricName.of(metric))
                .put("build_seconds", result.buildSeconds())
                .put("bytes_per_vector", result.bytesPerVector())
                .put("rows", LayoutOptions.name(result.rows()))
                .put("rows_error", result.rowsError())
                .put("rows_worst_error", result.rowsWorstError())
                .put("runs", runs);
    }

    /** Reads the name of a metric. */
    static final class MetricName implements ITypeConverter<Metric> {
        @Override
        public Metric convert(String text) {
            return switch (text.toLowerCase(Locale.ROOT)) {
                case "l2" -> Metric.L2;
                case "ip" -> Metric.INNER_PRODUCT;
                case "cosine" -> Metric.COSINE;
                default ->
                        throw new TypeConversionException(
                                "'" + text + "' is none of l2, ip, cosine");
            };
        }

        static String of(Metric metric) {
            return switch (metric) {
                case L2 -> "l2";
                case INNER_PRODUCT -> "ip";
                case COSINE -> "cosine";
            };
        }
    }
}
