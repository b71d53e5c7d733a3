package io.millrace.cli.data;

import io.millrace.cli.console.CommonOptions;
import io.millrace.cli.console.TextTable;
import io.millrace.cli.console.Texts;
import io.millrace.cli.console.ThreadsOption;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.train.Training;
import io.millrace.data.train.TrainingPlan;
import io.millrace.data.train.TrainingReport;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.List;

/** {@code millrace train}. */
@Command(
        name = "train",
        description = {
            "%nTrains the two towers on watch histories and the ranker on impressions. The same"
                    + " data set and seed give the same bytes.%n"
        },
        footerHeading = "%nExamples:%n",
        footer = "  millrace train --dataset world --out models")
public final class TrainCommand implements Runnable {
    @Mixin CommonOptions common;
    @Mixin ThreadsOption threads;

    @Option(
            names = "--dataset",
            required = true,
            paramLabel = "DATASET",
            description = "Folder of the data set.")
    private Path dataset;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "MODELS",
            description = "Folder to make; must be missing or empty.")
    private Path out;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of the models. Default: 1.")
    private long seed = 1;

    /** Filled by picocli. */
    public TrainCommand() {}

    @Override
    public void run() {
        common.validate();
        try (Dataset data = Dataset.open(dataset)) {
            TrainingPlan plan = TrainingPlan.defaults(data, seed, threads.count());
            TrainingReport report = Training.run(data, out, plan, common.progress());
            new TextTable()
                    .row("towers: positives", Texts.count(report.towers().positives()))
                    .row("towers: last loss", loss(report.towers().losses()))
                    .row("towers: time", Texts.seconds(report.towers().seconds()))
                    .row("ranker: impressions", Texts.count(report.ranker().events()))
                    .row("ranker: last loss", loss(report.ranker().losses()))
                    .row("ranker: time", Texts.seconds(report.ranker().seconds()))
                    .row("time", Texts.seconds(report.seconds()))
                    .print(common.out(), "");
            common.write(report.figures());
        }
    }

    private static String loss(List<Double> losses) {
        return Texts.number(losses.getLast(), 4);
    }
}
