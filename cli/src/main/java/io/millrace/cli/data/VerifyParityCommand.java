package io.millrace.cli.data;

import io.millrace.cli.console.CommonOptions;
import io.millrace.cli.console.LogOptions;
import io.millrace.cli.console.LogText;
import io.millrace.cli.console.ShowOption;
import io.millrace.cli.console.TextTable;
import io.millrace.cli.console.Texts;
import io.millrace.core.metrics.Figures;
import io.millrace.data.parity.ParityCheck;
import io.millrace.data.parity.ParityDifference;
import io.millrace.data.parity.ParityPlan;
import io.millrace.data.parity.ParityReport;
import io.millrace.ranker.features.FeatureScope;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.Callable;

/** {@code millrace verify-parity}. */
@Command(
        name = "verify-parity",
        description = {
            "%nMakes the feature rows of logged requests again by the code that makes them for"
                    + " training, and compares them bit for bit with those that were served"
                    + " (docs/impression-log.md). Ends with 1 when a row differs.%n"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace verify-parity impressions --bundle bundle",
            "  millrace verify-parity impressions --bundle bundle --dataset world"
        })
public final class VerifyParityCommand implements Callable<Integer> {
    @Mixin CommonOptions common;
    @Mixin LogOptions options;
    @Mixin ShowOption show;

    @Option(
            names = "--dataset",
            paramLabel = "DATASET",
            description =
                    "Folder of the data set it was built from. Default: the rows that the bundle"
                            + " has of it.")
    private @Nullable Path dataset;

    /** Filled by picocli. */
    public VerifyParityCommand() {}

    @Override
    public Integer call() {
        common.validate();
        ParityPlan plan = new ParityPlan(options.log(), options.bundle(), dataset, show.count());
        ParityReport report = ParityCheck.run(plan, common.progress());
        PrintWriter out = common.out();
        TextTable table =
                new TextTable()
                        .row("", "rows", "equal bit for bit")
                        .row("impressions", Texts.count(report.impressions()));
        Figures figures = new Figures().put("impressions", report.impressions());
        for (FeatureScope scope : ParityReport.COMPARED) {
            String name = scope.name().toLowerCase(Locale.ROOT);
            table.row(name, Texts.count(report.rows(scope)), Texts.count(report.equal(scope)));
            figures.put("rows." + name, report.rows(scope));
            figures.put("equal." + name, report.equal(scope));
        }
        if (report.told() > 0) {
            table.row("histories told since", Texts.count(report.told()));
        }
        figures.put("told.user", report.told());
        if (report.toldRates() > 0) {
            table.row("rates, taken as told", Texts.count(report.toldRates()));
            figures.put("told.rates", report.toldRates());
        }
        if (report.laterItems() > 0) {
            table.row("of items that came later, left out", Texts.count(report.laterItems()));
        }
        figures.put("later_items", report.laterItems());
        LogText.addTo(table, report.foreignFiles(), report.damage());
        LogText.addTo(figures, report.foreignFiles(), report.damage());
        table.print(out, "");
        report.first().forEach(difference -> print(difference, out));
        common.write(figures);
        return report.isParity() ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private static void print(ParityDifference difference, PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "%n%s %d, field %s, value %d: served %08x, trained %08x (correlation %d, answered"
                        + " %s)%n",
                difference.scope().name().toLowerCase(Locale.ROOT),
                difference.id(),
                difference.field(),
                difference.value(),
                difference.loggedBits(),
                difference.freshBits(),
                difference.correlationId(),
                Instant.ofEpochMilli(difference.answeredMs()));
    }
}
