package io.millrace.cli.data;

import io.millrace.cli.console.CommonOptions;
import io.millrace.cli.console.OptionValues;
import io.millrace.cli.console.TextTable;
import io.millrace.cli.console.Texts;
import io.millrace.core.metrics.Figures;
import io.millrace.data.simulate.ClickLogPlan;
import io.millrace.data.simulate.ClickLogSimulator;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;

/** {@code millrace simulate criteo}. */
@Command(
        name = "criteo",
        header = "make a log of shown ads in the form of Criteo's",
        description = {
            "%nMakes a tab-separated log: click, 13 counts with heavy tails, 26 hashed categories,"
                    + " missing values, about a quarter clicked by a hidden logistic law. The same"
                    + " seed gives the same bytes.%n"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace simulate criteo --rows 1M --out clicks.tsv",
            "  millrace import criteo clicks.tsv --out ads"
        })
public final class SimulateCriteoCommand implements Runnable {
    @Mixin CommonOptions common;

    @Option(
            names = "--rows",
            required = true,
            paramLabel = "N",
            converter = OptionValues.Count.class,
            description = "Count of impressions, as in 1000000 or 1M.")
    private long rows;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of the log. Default: 1.")
    private long seed = 1;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "FILE",
            description = "File to write; one that is there is replaced.")
    private Path out;

    /** Filled by picocli. */
    public SimulateCriteoCommand() {}

    @Override
    public void run() {
        common.validate();
        CommonOptions.validateFile("--out", out);
        Figures figures =
                ClickLogSimulator.run(new ClickLogPlan(rows, seed), out, common.progress());
        new TextTable()
                .row("rows", Texts.figure(figures, "rows"))
                .row("click rate", Texts.figure(figures, "click_rate"))
                .print(common.out(), "");
        common.write(figures);
    }
}
