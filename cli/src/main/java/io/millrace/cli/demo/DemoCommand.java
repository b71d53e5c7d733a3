package io.millrace.cli.demo;

import io.millrace.cli.console.CommonOptions;
import io.millrace.cli.console.OptionValues;
import io.millrace.cli.console.RetrieverName;
import io.millrace.cli.console.ThreadsOption;
import io.millrace.cli.report.HtmlReport;
import io.millrace.core.error.MillraceException;
import io.millrace.data.bundle.RetrievalPlan;
import io.millrace.data.retrieve.Retriever;
import io.millrace.data.simulate.SimulationPlan;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.concurrent.Callable;

/** {@code millrace demo}. */
@Command(
        name = "demo",
        description = {
            "%nMakes or imports a data set, trains towers and ranker, builds a bundle, serves it on"
                    + " a loopback port, sends it open-loop load, checks the answers, judges them"
                    + " against the hidden preference of the world or against held-out clicks, and"
                    + " prints the funnel. Ends with 1 when an answer is wrong.%n"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace demo",
            "  millrace demo --items 1M --report demo.html",
            "  millrace demo --items 20k --users 5k --seconds 5 --json demo.json --keep demo",
            "  millrace demo --data kuairand:data/kuairand-pure --retriever blend"
        })
public final class DemoCommand implements Callable<Integer> {
    private static final String KUAIRAND = "kuairand:";
    private static final double MOST_SECONDS = 3_600;
    private static final double MOST_RATE = 1e6;
    private static final int DEFAULT_ITEMS = 200_000;
    private static final int DEFAULT_USERS = 50_000;

    @Mixin CommonOptions common;
    @Mixin ThreadsOption threads;

    @Option(
            names = "--data",
            paramLabel = "kuairand:DIR",
            description = "Use real data instead of a simulated world.")
    private @Nullable String data;

    @Option(
            names = "--items",
            paramLabel = "N",
            converter = OptionValues.Count.class,
            description = "Items of the simulated world. Default: 200000.")
    private @Nullable Long items;

    @Option(
            names = "--users",
            paramLabel = "N",
            converter = OptionValues.Count.class,
            description =
                    "Users of the simulated world. Default: 50000, or a quarter of the items where"
                            + " they are fewer.")
    private @Nullable Long users;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            description = "How long to load and count. Default: ${DEFAULT-VALUE}.")
    private double seconds = 8;

    @Option(
            names = "--rate",
            paramLabel = "R",
            description = "Requests a second. Default: half of what a short trial reaches.")
    private double rate;

    @Option(
            names = "--retriever",
            paramLabel = "NAME",
            converter = RetrieverName.class,
            description =
                    "What finds the candidates of a user: two-tower, ials, blend, item-knn or"
                            + " popular, as of millrace build. Default: two-tower.")
    private Retriever retriever = Retriever.TWO_TOWER;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Seed of world, models and load. Default: ${DEFAULT-VALUE}.")
    private long seed = 1;

    @Option(
            names = "--report",
            paramLabel = "FILE.html",
            description = "Write a report with plots, one file that needs no network.")
    private @Nullable Path report;

    @Option(
            names = "--keep",
            paramLabel = "DIR",
            description =
                    "Keep data set, models and bundle in DIR, which must be missing or empty."
                            + " Default: they are removed.")
    private @Nullable Path keep;

    /** Filled by picocli. */
    public DemoCommand() {}

    @Override
    public Integer call() {
        common.validate();
        CommonOptions.validateFile("--report", report);
        DemoPlan plan = plan();
        common.warnOfSmallPages();
        DemoResult result = new Demo(plan, common.progress(), common.err()).run();
        FunnelText.print(result, common.out());
        common.write(result.figures());
        if (report != null) {
            HtmlReport.write(report, DemoReport.of(result));
            common.out().println("report in " + report);
        }
        if (keep != null) {
            common.out().println("data set, models and bundle in " + keep);
        }
        return result.isGood() ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private DemoPlan plan() {
        OptionValues.requireRange("--seconds", seconds, 1, MOST_SECONDS);
        OptionValues.requireRange("--rate", rate, 0, MOST_RATE);
        Path source = source();
        if (source != null && (items != null || users != null)) {
            throw MillraceException.usage(
                    "real data bring their own items and users; leave --items and --users out, or"
                            + " --data");
        }
        long itemCount = items == null ? DEFAULT_ITEMS : items;
        OptionValues.requireRange(
                "--items", itemCount, SimulationPlan.LEAST_ITEMS, Integer.MAX_VALUE);
        long userCount =
                users == null
                        ? Math.clamp(itemCount / 4, SimulationPlan.LEAST_USERS, DEFAULT_USERS)
                        : users;
        OptionValues.requireRange(
                "--users", userCount, SimulationPlan.LEAST_USERS, Integer.MAX_VALUE);
        return new DemoPlan(
                source,
                (int) itemCount,
                (int) userCount,
                seconds,
                rate,
                RetrievalPlan.of(retriever, seed, threads.count()),
                seed,
                threads.count(),
                keep);
    }

    private @Nullable Path source() {
        if (data == null) {
            return null;
        }
        if (!data.startsWith(KUAIRAND) || data.length() == KUAIRAND.length()) {
            throw MillraceException.usage(
                    "unknown kind of data: --data=%s; write kuairand:DIR, with the folder of its"
                            + " files",
                    data);
        }
        return Path.of(data.substring(KUAIRAND.length()));
    }
}
