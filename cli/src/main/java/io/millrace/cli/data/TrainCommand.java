package io.millrace.cli.data;

import io.millrace.cli.console.CommonOptions;
import io.millrace.cli.console.TextTable;
import io.millrace.cli.console.Texts;
import io.millrace.cli.console.ThreadsOption;
import io.millrace.data.clicks.CalibrationMethod;
import io.millrace.data.clicks.ClickTraining;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.train.Training;
import io.millrace.data.train.TrainingPlan;
import io.millrace.data.train.TrainingReport;
import io.millrace.data.train.checkpoint.Checkpoints;
import io.millrace.data.train.ranker.RankerTrainingPlan;
import io.millrace.data.train.ranker.RankerTrainingReport;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.List;

/** {@code millrace train}. */
@Command(
        name = "train",
        description = {
            "%nTrains the two towers on watch histories, and the ranker and the light ranker before"
                + " it on impressions. Of impressions without histories, such as those of an ad"
                + " log, it trains a calibrated ranker alone. The same data set and seed give the"
                + " same bytes.%n"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace train --dataset world --out models",
            "  millrace train --dataset world --out models --tower-dimension 128",
            "  millrace train --dataset world --out models --ensemble 4",
            "  millrace train --dataset world --out models --cross-rank 32 --cross-experts 4"
        })
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

    @Option(
            names = "--calibration",
            paramLabel = "HOW",
            description =
                    "How a ranker alone is calibrated: ${COMPLETION-CANDIDATES}. Default:"
                            + " ${DEFAULT-VALUE}.")
    private CalibrationMethod calibration = CalibrationMethod.PLATT;

    @ArgGroup(exclusive = false, heading = "%nTowers:%n")
    private TowerOptions towers = new TowerOptions();

    @ArgGroup(exclusive = false, heading = "%nRanker:%n")
    private RankerOptions ranker = new RankerOptions();

    @ArgGroup(exclusive = false, heading = "%nSizes of the ranker:%n")
    private RankerSizeOptions sizes = new RankerSizeOptions();

    @ArgGroup(exclusive = false, heading = "%nCheckpoints:%n")
    private CheckpointOptions kept = new CheckpointOptions();

    /** Filled by picocli. */
    public TrainCommand() {}

    @Override
    public void run() {
        common.validate();
        Checkpoints checkpoints = kept.of(out);
        try (Dataset data = Dataset.open(dataset)) {
            if (checkpoints.isAnyThere()) {
                common.out().println("going on with the training that did not end");
            }
            if (data.hasHistories()) {
                trainAll(data, checkpoints);
            } else {
                trainRanker(data, checkpoints);
            }
        }
    }

    private void trainAll(Dataset data, Checkpoints checkpoints) {
        TrainingPlan suiting = TrainingPlan.defaults(data, seed, threads.count());
        TrainingPlan plan =
                ranker.plan(
                        suiting.withTowers(towers.plan(suiting.towers()))
                                .withShape(sizes.shape(suiting.ranker().shape())));
        TrainingReport report = Training.run(data, out, plan, checkpoints, common.progress());
        TextTable table =
                new TextTable()
                        .row("towers: positives", Texts.count(report.towers().positives()))
                        .row("towers: last loss", loss(report.towers().losses()))
                        .row("towers: time", Texts.seconds(report.towers().seconds()));
        addRanker("ranker", report.ranker(), table);
        addRanker("light ranker", report.light(), table)
                .row("time", Texts.seconds(report.seconds()))
                .print(common.out(), "");
        common.write(report.figures());
    }

    private void trainRanker(Dataset data, Checkpoints checkpoints) {
        towers.requireNone();
        RankerTrainingPlan suiting =
                RankerTrainingPlan.defaults(data.train().count(), seed, threads.count());
        RankerTrainingPlan plan = ranker.plan(suiting.withShape(sizes.shape(suiting.shape())));
        RankerTrainingReport report =
                ClickTraining.run(data, out, plan, calibration, checkpoints, common.progress());
        addRanker("ranker", report, new TextTable()).print(common.out(), "");
        common.write(report.figures("ranker"));
    }

    private static TextTable addRanker(String name, RankerTrainingReport report, TextTable table) {
        table.row(name + ": impressions", Texts.count(report.events()))
                .row(name + ": last loss", loss(report.losses()));
        RankerTrainingReport.Quality heldOut = report.heldOut();
        if (heldOut.isKnown()) {
            table.row(name + ": last day, AUC", Texts.number(heldOut.auc(), 5))
                    .row(name + ": last day, log loss", Texts.number(heldOut.logLoss(), 5));
        }
        return table.row(name + ": time", Texts.seconds(report.seconds()));
    }

    private static String loss(List<Double> losses) {
        return Texts.number(losses.getLast(), 4);
    }
}
