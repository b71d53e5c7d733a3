package io.millrace.cli.data;

import io.millrace.cli.console.CommonOptions;
import io.millrace.cli.console.TextTable;
import io.millrace.cli.console.Texts;
import io.millrace.cli.console.ThreadsOption;
import io.millrace.core.error.MillraceException;
import io.millrace.data.clicks.CalibrationMethod;
import io.millrace.data.clicks.ClickTraining;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.Label;
import io.millrace.data.train.Training;
import io.millrace.data.train.TrainingPlan;
import io.millrace.data.train.TrainingReport;
import io.millrace.data.train.ranker.LabelWeights;
import io.millrace.data.train.ranker.RankerTrainingPlan;
import io.millrace.data.train.ranker.RankerTrainingReport;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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
            "  millrace train --dataset world --out models --tower-dimension 128"
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

    @Option(
            names = "--label-weights",
            split = ",",
            paramLabel = "LABEL=WEIGHT",
            description =
                    "How much the losses of click and long_view count for the ranker; what is left"
                            + " out keeps its default. A server orders by clicks. Default:"
                            + " click=1,long_view=0.3.")
    private Map<String, Float> labelWeights = new HashMap<>();

    @Option(
            names = "--ensemble",
            paramLabel = "N",
            description =
                    "Train so many rankers that differ in their seeds, and from their mean the one"
                            + " that is served: better, and as fast as one, but N + 6 times the"
                            + " time to train. Default: ${DEFAULT-VALUE}.")
    private int ensemble;

    @ArgGroup(exclusive = false, heading = "%nTowers:%n")
    private TowerOptions towers = new TowerOptions();

    /** Filled by picocli. */
    public TrainCommand() {}

    @Override
    public void run() {
        common.validate();
        LabelWeights weights = weights();
        try (Dataset data = Dataset.open(dataset)) {
            if (data.hasHistories()) {
                trainAll(data, weights);
            } else {
                trainRanker(data, weights);
            }
        }
    }

    private void trainAll(Dataset data, LabelWeights weights) {
        TrainingPlan suiting = TrainingPlan.defaults(data, seed, threads.count());
        TrainingPlan plan =
                suiting.withTowers(towers.plan(suiting.towers()))
                        .withWeights(weights)
                        .withTeachers(ensemble);
        TrainingReport report = Training.run(data, out, plan, common.progress());
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

    private void trainRanker(Dataset data, LabelWeights weights) {
        towers.requireNone();
        RankerTrainingPlan plan =
                RankerTrainingPlan.defaults(data.train().count(), seed, threads.count())
                        .withWeights(weights)
                        .withTeachers(ensemble);
        RankerTrainingReport report =
                ClickTraining.run(data, out, plan, calibration, common.progress());
        addRanker("ranker", report, new TextTable()).print(common.out(), "");
        common.write(report.figures("ranker"));
    }

    private LabelWeights weights() {
        LabelWeights usual = LabelWeights.DEFAULT;
        Map<String, Float> unknown = new HashMap<>(labelWeights);
        Float click = unknown.remove(Label.CLICK.key());
        Float longView = unknown.remove(Label.LONG_VIEW.key());
        if (!unknown.isEmpty()) {
            throw MillraceException.usage(
                    "no such label: --label-weights=%s; give click, long_view or both", unknown);
        }
        return new LabelWeights(
                click == null ? usual.click() : click,
                longView == null ? usual.longView() : longView);
    }

    private static TextTable addRanker(String name, RankerTrainingReport report, TextTable table) {
        return table.row(name + ": impressions", Texts.count(report.events()))
                .row(name + ": last loss", loss(report.losses()))
                .row(name + ": time", Texts.seconds(report.seconds()));
    }

    private static String loss(List<Double> losses) {
        return Texts.number(losses.getLast(), 4);
    }
}
