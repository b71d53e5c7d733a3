package io.millrace.cli.data;

import io.millrace.cli.console.CommonOptions;
import io.millrace.cli.console.OptionValues;
import io.millrace.cli.console.TextTable;
import io.millrace.cli.console.Texts;
import io.millrace.cli.console.ThreadsOption;
import io.millrace.core.error.MillraceException;
import io.millrace.data.simulate.SimulationPlan;
import io.millrace.data.simulate.SimulationReport;
import io.millrace.data.simulate.Simulator;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;

/** {@code millrace simulate}. */
@Command(
        name = "simulate",
        subcommands = {SimulateVectorsCommand.class, SimulateCriteoCommand.class},
        description = {
            "%nMakes a data set of a seeded short-video world: users whose tastes drift, creators,"
                    + " tags, new items every day, position bias, clicks and watch times drawn from"
                    + " a hidden preference. The same seed gives the same bytes.%n"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace simulate --users 50k --items 200k --out world",
            "  millrace simulate --users 1000 --items 5000 --events 200k --seed 7 --out small"
        })
public final class SimulateCommand implements Runnable {
    @Mixin CommonOptions common;
    @Mixin ThreadsOption threads;

    @Option(
            names = "--users",
            paramLabel = "N",
            converter = OptionValues.Count.class,
            description = "Count of users, as in 50000 or 50k.")
    private @Nullable Long users;

    @Option(
            names = "--items",
            paramLabel = "N",
            converter = OptionValues.Count.class,
            description = "Count of items, as in 200000 or 200k.")
    private @Nullable Long items;

    @Option(
            names = "--events",
            paramLabel = "N",
            converter = OptionValues.Count.class,
            description =
                    "Count of events: three fifths are watched before the first impression, three"
                            + " tenths are impressions to train on, the rest to test on. Default: "
                            + SimulationPlan.EVENTS_PER_USER
                            + " a user.")
    private @Nullable Long events;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of the world. Default: 1.")
    private long seed = 1;

    @Option(
            names = "--out",
            paramLabel = "DATASET",
            description = "Folder to make; must be missing or empty.")
    private @Nullable Path out;

    /** Filled by picocli. */
    public SimulateCommand() {}

    @Override
    public void run() {
        common.validate();
        if (users == null || items == null || out == null) {
            throw MillraceException.usage(
                    "missing required options: '--users', '--items' and '--out'; see millrace"
                            + " simulate --help");
        }
        OptionValues.requireRange("--users", users, SimulationPlan.LEAST_USERS, Integer.MAX_VALUE);
        OptionValues.requireRange("--items", items, SimulationPlan.LEAST_ITEMS, Integer.MAX_VALUE);
        SimulationPlan plan =
                new SimulationPlan(
                        users.intValue(),
                        items.intValue(),
                        events == null ? users * SimulationPlan.EVENTS_PER_USER : events,
                        seed,
                        threads.count());
        SimulationReport report = Simulator.run(plan, out, common.progress());
        new TextTable()
                .row("users", Texts.count(report.users()))
                .row("items", Texts.count(report.items()))
                .row("watched before", Texts.count(report.historyEvents()))
                .row("impressions to train on", Texts.count(report.trainEvents()))
                .row("impressions to test on", Texts.count(report.testEvents()))
                .row("click rate", Texts.number(report.clickRate(), 4))
                .row("time", Texts.seconds(report.seconds()))
                .print(common.out(), "");
        common.write(report.figures());
    }
}
