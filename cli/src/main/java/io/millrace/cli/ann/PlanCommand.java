package io.millrace.cli.ann;

import io.millrace.cli.console.CommonOptions;
import io.millrace.cli.console.OptionValues;
import io.millrace.cli.console.Texts;
import io.millrace.cli.console.ThreadsOption;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.simulate.SimulatedVectors;
import io.millrace.index.HnswParameters;
import io.millrace.index.IndexSize;
import io.millrace.index.Metric;
import io.millrace.index.bench.IndexChoice;
import io.millrace.index.plan.PlanCheck;
import io.millrace.index.plan.ProbeVectors;
import io.millrace.index.plan.SpeedEstimate;
import io.millrace.index.plan.SpeedPlan;
import io.millrace.index.plan.SpeedProbe;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.lang.management.ManagementFactory;
import java.util.List;

/** {@code millrace plan}. */
@Command(
        name = "plan",
        description = {
            "%nSays before anything is built what an index of so many items takes. Sizes are exact,"
                    + " the peak of the build is that of a formula: index, rows, and what the"
                    + " builder notes of each row.%n",
            "Time and speed are told by small indexes of simulated two-tower vectors, which are"
                    + " built and searched on this machine for some seconds. They are meant to be"
                    + " right within 25 %% for up to five times --probe-items, while nothing else"
                    + " works on the machine; --verify shows whether they are.%n"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace plan --items 1M --dimension 128",
            "  millrace plan --items 100M --dimension 96 --layout inlined --no-probe",
            "  millrace plan --items 10M --dimension 128 --layout sq8 --no-probe",
            "  millrace plan --items 100k --dimension 128 --recall 0.99 --verify"
        })
public final class PlanCommand implements Runnable {
    private static final int MOST_DIMENSION = 65_536;
    private static final int MOST_K = 10_000;
    private static final long VECTOR_SEED = 1;

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

    @Option(
            names = "--metric",
            paramLabel = "NAME",
            defaultValue = "l2",
            converter = AnnBenchCommand.MetricName.class,
            description = "How alike vectors are: l2, ip or cosine. Default: ${DEFAULT-VALUE}.")
    private Metric metric;

    @Option(
            names = "--k",
            paramLabel = "N",
            description = "Neighbours asked for, where speed is told. Default: ${DEFAULT-VALUE}.")
    private int k = 10;

    @Option(
            names = "--recall",
            paramLabel = "R",
            description =
                    "Part of the true neighbours to find, where speed is told. Default:"
                            + " ${DEFAULT-VALUE}.")
    private double recall = 0.95;

    @Option(
            names = "--probe-items",
            paramLabel = "N",
            converter = OptionValues.Count.class,
            defaultValue = "20k",
            description =
                    "Rows of the largest index that is built to tell time and speed. Default:"
                            + " ${DEFAULT-VALUE}.")
    private long probeItems;

    @Option(
            names = "--probe-seconds",
            paramLabel = "S",
            description =
                    "Time searches of an index for so long, and repeat shorter builds of it."
                            + " Default: ${DEFAULT-VALUE}.")
    private double probeSeconds = 1.2;

    @Option(names = "--no-probe", description = "Build nothing: tell sizes only.")
    private boolean isWithoutProbe;

    @Option(
            names = "--verify",
            description =
                    "Build the whole index as well and hold the plan against it; fails where a"
                            + " figure is more than 25 %% off.")
    private boolean isVerified;

    /** Filled by picocli. */
    public PlanCommand() {}

    @Override
    public void run() {
        common.validate();
        OptionValues.requireRange("--items", items, 1, Integer.MAX_VALUE);
        OptionValues.requireRange("--dimension", dimension, 1, MOST_DIMENSION);
        OptionValues.requireRange("--k", k, 1, MOST_K);
        OptionValues.requireRange("--probe-items", probeItems, 1, Integer.MAX_VALUE);
        IndexChoice choice = layouts.choice(metric, null, null);
        if (isVerified && (isWithoutProbe || choice.isFlat())) {
            throw MillraceException.usage(
                    "nothing to verify: --verify, %s; leave one of them out",
                    choice.isFlat() ? "--layout=flat" : "--no-probe");
        }
        HnswParameters parameters = choice.parameters(dimension, threads.count());
        SpeedPlan plan =
                new SpeedPlan(
                        (int) items,
                        dimension,
                        parameters,
                        (int) Math.min(k, items),
                        recall,
                        (int) probeItems,
                        probeSeconds);
        IndexSize size =
                choice.isFlat()
                        ? IndexSize.flat((int) items, dimension)
                        : IndexSize.of((int) items, dimension, parameters);
        PlanReport report = new PlanReport(plan, choice.layoutOf(parameters), size);
        report.printSizes(common.out());
        boolean fits = warnOfLittleMemory(size);
        if (choice.isFlat()) {
            common.out().println("speed is not told: flat has no graph, it reads all rows");
        } else if (!isWithoutProbe) {
            probe(plan, report, fits);
        }
        common.write(report.figures());
        report.validate();
    }

    private void probe(SpeedPlan plan, PlanReport report, boolean fits) {
        if (isVerified && !fits) {
            throw MillraceException.of(
                    ErrorCode.LIMIT,
                    "does not fit: items=%d, dimension=%d; plan fewer, or leave --verify out",
                    items,
                    dimension);
        }
        common.warnOfSmallPages();
        ProbeVectors vectors = new SimulatedVectors(dimension, VECTOR_SEED, threads.count());
        ProgressListener progress = common.progress();
        SpeedEstimate estimate = SpeedProbe.run(plan, vectors, progress);
        report.printSpeed(estimate, common.out());
        if (isVerified) {
            List<PlanCheck.Comparison> comparisons =
                    PlanCheck.run(plan, estimate, vectors, progress);
            report.printCheck(comparisons, common.out());
        }
    }

    /** Whether the machine has as much memory as the build takes, as far as it can be known. */
    private boolean warnOfLittleMemory(IndexSize size) {
        if (!(ManagementFactory.getOperatingSystemMXBean()
                instanceof com.sun.management.OperatingSystemMXBean system)) {
            return true;
        }
        long machineBytes = system.getTotalMemorySize();
        if (size.buildPeakBytes() <= machineBytes) {
            return true;
        }
        common.out()
                .println(
                        "warning: does not fit: needs "
                                + Texts.bytes(size.buildPeakBytes())
                                + " to build, machine has "
                                + Texts.bytes(machineBytes));
        return false;
    }
}
