package io.millrace.cli.ann;

import io.millrace.cli.console.CommonOptions;
import io.millrace.cli.console.OptionValues;
import io.millrace.cli.console.ThreadsOption;
import io.millrace.core.error.MillraceException;
import io.millrace.index.Metric;
import io.millrace.index.bench.AnnBenchmark;
import io.millrace.index.bench.AnnBenchmarkPlan;
import io.millrace.index.bench.FilterSeries;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** {@code millrace ann bench}. */
@Command(
        name = "bench",
        header = "build an index and measure recall and speed",
        description = {
            "%nReads .fvecs, .bvecs, .npy and IDX images, also compressed by gzip; a folder like"
                    + " fashion-mnist brings its own queries and truth. Without --truth the true"
                    + " neighbours are computed. Queries run on one thread. What an index file was"
                    + " built with need not be said again; what is said must be so.%n"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace ann bench --base data/fashion-mnist --ef 16,32,64,128",
            "  millrace ann bench --base b.fvecs --query q.fvecs --truth t.ivecs --metric ip --k"
                    + " 10",
            "  millrace ann bench --base data/fashion-mnist --recall 0.95 --index fashion.hnsw",
            "  millrace ann bench --base data/fashion-mnist --ef 128 --selectivity 0.5,0.1,0.01",
            "  millrace ann bench --base data/fashion-mnist --ef 128 --selectivity 0.1 --filter far"
        })
public final class AnnBenchCommand implements Runnable {
    private static final int MOST_K = 10_000;

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
            converter = MetricName.class,
            description = "How alike vectors are: l2, ip or cosine. Default: l2.")
    private @Nullable Metric metric;

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
            names = "--selectivity",
            paramLabel = "P,P",
            split = ",",
            description =
                    "Also search with filters that accept these parts of the rows, as in"
                            + " 0.5,0.1,0.01,0.001, at every effort, with up to 200 queries; beside"
                            + " it the time of exact search of all rows.")
    private List<Double> selectivities = List.of();

    @Option(
            names = "--filter",
            paramLabel = "KIND",
            description =
                    "Which rows those filters accept: random, near or far (the nearest to a query,"
                            + " or the farthest from it). Default: random.")
    private FilterSeries.@Nullable Kind filter;

    @Option(
            names = "--limit-queries",
            paramLabel = "N",
            converter = OptionValues.Count.class,
            description = "Use no more queries. Default: all.")
    private long limitQueries = Integer.MAX_VALUE;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of the graph. Default: 1.")
    private @Nullable Long seed;

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
                        k,
                        efforts(),
                        recalls,
                        filters(),
                        threads.count(),
                        (int) limitQueries,
                        layouts.choice(metric, seed, index));
        common.warnOfSmallPages();
        AnnBenchText text = new AnnBenchText(AnnBenchmark.run(plan, common.progress()), k);
        text.print(common.out());
        common.write(text.figures());
    }

    private FilterSeries filters() {
        if (filter == null) {
            return new FilterSeries(selectivities, FilterSeries.Kind.RANDOM);
        }
        if (selectivities.isEmpty()) {
            throw MillraceException.usage(
                    "a filter of no size: --filter=%s; give --selectivity as well, or leave it out",
                    filter);
        }
        return new FilterSeries(selectivities, filter);
    }

    private List<Integer> efforts() {
        if (ef != null) {
            return ef;
        }
        return recalls.isEmpty() ? List.of(16, 32, 64, 128) : List.of();
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
