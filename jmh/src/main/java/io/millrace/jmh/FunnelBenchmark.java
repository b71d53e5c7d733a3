package io.millrace.jmh;

import io.millrace.core.file.TemporaryPaths;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.random.SplitRandom;
import io.millrace.core.wire.Status;
import io.millrace.data.bundle.BuildPlan;
import io.millrace.data.bundle.BundleBuilder;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.simulate.SimulationPlan;
import io.millrace.data.simulate.Simulator;
import io.millrace.data.train.Training;
import io.millrace.data.train.TrainingPlan;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.funnel.FunnelWorker;
import io.millrace.server.funnel.bundle.OpenBundle;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Request;
import io.millrace.server.request.StageClock;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A request through the whole funnel in process, without network and queue, in microseconds on one
 * thread: the user's row and vector, 500 candidates from the graph, all of them ranked, rules and
 * diversity, ten answers. A bundle is given, or simulated, trained and built before, which takes a
 * minute for the default rows.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Thread)
public class FunnelBenchmark {
    private static final int THREADS = 2;
    private static final int ITEMS_PER_USER = 5;
    private static final int EVENTS_PER_ITEM = 4;
    private static final int K = 10;

    /** Of 500 candidates those in the user's history are left out. */
    private static final int ALL_LESS_SEEN = 300;

    /** Folder of the bundle; empty for one of a simulated world that is made before. */
    @Param("")
    String bundle;

    /** Items of that world. */
    @Param("100000")
    int rows;

    /** How many candidates the light ranker leaves to the ranker; 0 leaves all 500. */
    @Param({"0", "100"})
    int ranked;

    private final SplitRandom random = new SplitRandom(67);
    private final StageClock clock = new StageClock();
    private final Answer answer = new Answer(K);
    private List<Long> users;
    private FunnelWorker worker;
    private Request request;

    /**
     * Makes a bundle and opens it, and looks whether requests are answered.
     *
     * @throws IOException when there is no folder for it.
     */
    @Setup
    public void prepare() throws IOException {
        Expect.servingOptions();
        Path folder = Files.createTempDirectory("millrace-jmh-");
        AtExit.close(() -> TemporaryPaths.remove(folder));
        if (bundle.isEmpty()) {
            build(folder);
        }
        Path served = bundle.isEmpty() ? folder.resolve("bundle") : Path.of(bundle);
        ServerConfig config =
                ServerConfig.defaults()
                        .with("bundle", served.toString())
                        .with("state", folder.resolve("state").toString())
                        .with("funnel.ranked", ranked);
        OpenBundle open = AtExit.close(OpenBundle.open(config, ProgressListener.NONE));
        users = open.catalogue().sampleUsers();
        worker = open.newWorker();
        request = new Request(open.catalogue().requestLimits(config.limits()));
        for (int i = 0; i < 100; i++) {
            recommend();
            Expect.that(
                    answer.status() == Status.OK && answer.count() == K,
                    "no ten answers: status=%s, count=%d",
                    answer.status(),
                    answer.count());
            Expect.that(
                    ranked == 0 ? answer.ranked() > ALL_LESS_SEEN : answer.ranked() == ranked,
                    "wrong depth: retrieved=%d, ranked=%d",
                    answer.retrieved(),
                    answer.ranked());
        }
    }

    private void build(Path folder) {
        Path world = folder.resolve("world");
        SimulationPlan plan =
                new SimulationPlan(
                        rows / ITEMS_PER_USER, rows, (long) EVENTS_PER_ITEM * rows, 3, THREADS);
        Simulator.run(plan, world, ProgressListener.NONE);
        Path models = folder.resolve("models");
        try (Dataset dataset = Dataset.open(world)) {
            Training.run(
                    dataset,
                    models,
                    TrainingPlan.defaults(dataset, 3, THREADS),
                    ProgressListener.NONE);
        }
        BundleBuilder.run(
                world,
                models,
                folder.resolve("bundle"),
                BuildPlan.defaults().withGraph(graph -> graph.withThreads(THREADS)),
                ProgressListener.NONE);
    }

    /**
     * One request.
     *
     * @return its answer.
     */
    @Benchmark
    public Answer recommend() {
        long user = users.get(random.nextInt(users.size()));
        request.recommend(1, user, 0, K, 0);
        answer.clear();
        clock.start(System.nanoTime());
        worker.answer(request, answer, clock);
        return answer;
    }
}
