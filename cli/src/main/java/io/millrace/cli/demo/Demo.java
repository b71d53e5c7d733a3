package io.millrace.cli.demo;

import io.millrace.cli.console.Texts;
import io.millrace.cli.report.ReportData.Example;
import io.millrace.core.metrics.Figures;
import io.millrace.core.metrics.ProcessMemory;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.bundle.BuildPlan;
import io.millrace.data.bundle.BuildReport;
import io.millrace.data.bundle.BundleBuilder;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.DatasetManifest;
import io.millrace.data.eval.Evaluation;
import io.millrace.data.eval.EvaluationPlan;
import io.millrace.data.eval.ServedTen;
import io.millrace.data.eval.TenJudge;
import io.millrace.data.eval.TenReport;
import io.millrace.data.importers.ImportTask;
import io.millrace.data.importers.kuairand.KuaiRandImporter;
import io.millrace.data.simulate.SimulationPlan;
import io.millrace.data.simulate.Simulator;
import io.millrace.data.train.Training;
import io.millrace.data.train.TrainingPlan;
import io.millrace.data.train.TrainingReport;
import io.millrace.loadgen.report.SampledAnswer;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * Runs the whole funnel once. Every part opens what it needs from the folder and closes it, so that
 * at no time more than one of them is in memory.
 */
final class Demo {
    private static final long EVALUATED_PAIRS = 200_000_000;
    private static final int EVALUATED_IMPRESSIONS = 100_000;

    private final DemoPlan plan;
    private final ProgressListener progress;
    private final WorkClock clock;

    Demo(DemoPlan plan, ProgressListener progress, PrintWriter err) {
        this.plan = plan;
        this.progress = progress;
        this.clock = new WorkClock(err);
    }

    DemoResult run() {
        try (DemoFolder folder = DemoFolder.open(plan.keep())) {
            DatasetManifest manifest = makeDataset(folder);
            TrainingReport training =
                    clock.time("train", "train the towers and the ranker", () -> train(folder));
            BuildReport built =
                    clock.time(
                            "build", "embed the items and build the bundle", () -> build(folder));
            Figures evaluation =
                    clock.time("evaluate", "evaluate off line", () -> evaluate(folder));
            ServedLoad served =
                    clock.time(
                            "serve and load",
                            "serve on a loopback port and load",
                            () -> serve(folder));
            TenReport judged =
                    clock.time("judge", "judge the answers", () -> judge(folder, served.judged()));
            double lightNdcg =
                    clock.time(
                            "judge light ranker",
                            "judge the answers with the light ranker first",
                            () -> judge(folder, served.lightlyRanked()).ndcg10());
            List<Example> examples = examples(folder, served);
            Figures figures = figures(manifest, training, built, evaluation, served, judged);
            figures.put("ndcg10.light_first", lightNdcg);
            return new DemoResult(
                    plan,
                    manifest.name(),
                    training,
                    evaluation,
                    served,
                    judged,
                    examples,
                    clock.parts(),
                    figures);
        }
    }

    private DatasetManifest makeDataset(DemoFolder folder) {
        Path source = plan.kuairand();
        if (source != null) {
            clock.time(
                    "import",
                    "import " + source,
                    // Without rates: what happened in 2022 has faded when it is served today.
                    () ->
                            KuaiRandImporter.run(
                                    source,
                                    new ImportTask(
                                            folder.dataset(),
                                            ImportTask.DEFAULT_MAX_REJECTS,
                                            progress)));
        } else {
            SimulationPlan simulation =
                    SimulationPlan.defaults(plan.users(), plan.items(), plan.seed())
                            .withThreads(plan.threads());
            clock.time(
                    "simulate",
                    "simulate a world of "
                            + Texts.count(plan.items())
                            + " items and "
                            + Texts.count(plan.users())
                            + " users",
                    () -> Simulator.run(simulation, folder.dataset(), progress));
        }
        return Dataset.readManifest(folder.dataset());
    }

    private TrainingReport train(DemoFolder folder) {
        try (Dataset dataset = Dataset.open(folder.dataset())) {
            TrainingPlan training = TrainingPlan.defaults(dataset, plan.seed(), plan.threads());
            return Training.run(dataset, folder.models(), training, progress);
        }
    }

    private BuildReport build(DemoFolder folder) {
        return BundleBuilder.run(
                folder.dataset(),
                folder.models(),
                folder.bundle(),
                BuildPlan.defaults()
                        .withGraph(graph -> graph.withThreads(plan.threads()).withSeed(plan.seed()))
                        .withRetrieval(plan.retrieval()),
                progress);
    }

    private Figures evaluate(DemoFolder folder) {
        return Evaluation.run(
                        folder.bundle(),
                        folder.dataset(),
                        EvaluationPlan.defaults()
                                .withThreads(plan.threads())
                                .withLimits(EVALUATED_PAIRS, EVALUATED_IMPRESSIONS),
                        progress)
                .figures();
    }

    private ServedLoad serve(DemoFolder folder) {
        try (Dataset dataset = Dataset.open(folder.dataset())) {
            return new DemoServing(plan, folder, dataset, progress).run();
        }
    }

    private TenReport judge(DemoFolder folder, List<SampledAnswer> answers) {
        List<ServedTen> tens =
                answers.stream()
                        .map(answer -> new ServedTen(answer.userId(), answer.itemIds()))
                        .toList();
        return TenJudge.judge(folder.bundle(), folder.dataset(), tens, plan.threads(), progress);
    }

    private static List<Example> examples(DemoFolder folder, ServedLoad served) {
        try (Dataset dataset = Dataset.open(folder.dataset())) {
            ExampleAnswers examples = new ExampleAnswers(dataset);
            return served.judged().stream().limit(ExampleAnswers.COUNT).map(examples::of).toList();
        }
    }

    private Figures figures(
            DatasetManifest manifest,
            TrainingReport training,
            BuildReport built,
            Figures evaluation,
            ServedLoad served,
            TenReport judged) {
        List<SampledAnswer> answers = served.judged();
        Figures load = served.load().figures();
        Figures figures =
                new Figures()
                        .put("dataset", manifest.name())
                        .put("seed", plan.seed())
                        .put("items", manifest.items())
                        .put("users", manifest.users())
                        .put("retrieved", middle(answers, SampledAnswer::retrieved))
                        .put("ranked", middle(answers, SampledAnswer::ranked))
                        .put("answered", middle(answers, answer -> answer.itemIds().length))
                        .put("retrieval.recall", recall(evaluation))
                        .put("ranker.auc", evaluation.number("click.auc"))
                        .put("ranker.logloss", evaluation.number("click.logloss"))
                        .putAll(judged.figures());
        for (String key : load.keys()) {
            if (key.contains(".") || key.startsWith("rate_")) {
                figures.put(key, load.number(key));
            }
        }
        return figures.put("requests_per_second", served.load().ratePerSecond())
                .put("requests_per_second.closed_loop", served.capacity().ratePerSecond())
                .put("requests", served.load().counts().planned())
                .put("errors", served.load().counts().errors() + served.load().counts().malformed())
                .put("refused", served.load().counts().refused())
                .put("degraded", served.load().counts().degraded())
                .put("kept_plan", load.number("kept_plan"))
                .put("dispatch_late", load.number("dispatch_late"))
                .put("answers_checked", served.check().checked())
                .put("answers_wrong", served.check().wrong())
                .put("allocated_bytes_per_request", served.allocatedBytesPerRequest())
                .put("rss_mb", ProcessMemory.peakResidentMib())
                .put("data_seconds", clock.parts().getFirst().seconds())
                .put("train_seconds", training.seconds())
                .put("build_seconds", built.totalSeconds())
                .put("total_seconds", clock.totalSeconds());
    }

    /** Lists are walked and not searched, so nothing is missed. */
    private static double recall(Figures evaluation) {
        String key = "retrieval.index_recall";
        return evaluation.has(key) ? evaluation.number(key) : 1;
    }

    /** The median of what the answers say, which is what almost all of them say. */
    private static long middle(List<SampledAnswer> answers, ToIntFunction<SampledAnswer> value) {
        int[] values = answers.stream().mapToInt(value).sorted().toArray();
        return values.length == 0 ? 0 : values[values.length / 2];
    }
}
