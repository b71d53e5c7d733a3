package io.millrace.cli.demo;

import io.millrace.client.MillraceClient;
import io.millrace.client.message.Answer;
import io.millrace.client.message.RecommendQuery;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.simulate.Simulator;
import io.millrace.loadgen.CapacityEstimate;
import io.millrace.loadgen.CapacityProbe;
import io.millrace.loadgen.LoadGenerator;
import io.millrace.loadgen.plan.LoadPlan;
import io.millrace.loadgen.report.LoadReport;
import io.millrace.loadgen.report.SampledAnswer;
import io.millrace.server.MillraceServer;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.metrics.ServerStatistics;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/** Serves a bundle in this process on a loopback port, loads it and checks its answers. */
final class DemoServing {
    private static final String HOST = "127.0.0.1";
    private static final long PROBE_MS = 2_000;
    private static final long WARMUP_MS = 1_500;
    private static final int TIMEOUT_MS = 5_000;
    private static final int MOST_USERS = 20_000;
    private static final double SHARE_OF_CAPACITY = 0.5;
    private static final double LEAST_RATE = 20;
    private static final double MS_PER_SECOND = 1_000;

    private final DemoPlan plan;
    private final DemoFolder folder;
    private final Dataset dataset;
    private final ProgressListener progress;

    DemoServing(DemoPlan plan, DemoFolder folder, Dataset dataset, ProgressListener progress) {
        this.plan = plan;
        this.folder = folder;
        this.dataset = dataset;
        this.progress = progress;
    }

    ServedLoad run() {
        long[] users = users();
        AnswerReview review = new AnswerReview(dataset);
        return load(users, review, askWithLightRanker(users, review));
    }

    private ServerConfig config() {
        return ServerConfig.defaults()
                .with("bundle", folder.bundle().toString())
                .with("state", folder.state().toString())
                .with("network.port", 0)
                .with("network.adminPort", -1);
    }

    /** What the users that are judged are answered when the light ranker cuts the candidates. */
    private List<SampledAnswer> askWithLightRanker(long[] users, AnswerReview review) {
        ServerConfig config =
                config().with("funnel.ranked", DemoPlan.LIGHTLY_RANKED)
                        .with("funnel.warmUpRequests", 0);
        try (MillraceServer server = MillraceServer.start(config, progress);
                MillraceClient client =
                        MillraceClient.of(HOST, server.port(), Duration.ofMillis(TIMEOUT_MS))) {
            return ask(client, users, review);
        }
    }

    private ServedLoad load(long[] users, AnswerReview review, List<SampledAnswer> lightlyRanked) {
        try (MillraceServer server = MillraceServer.start(config(), progress);
                MillraceClient client =
                        MillraceClient.of(HOST, server.port(), Duration.ofMillis(TIMEOUT_MS))) {
            CapacityEstimate capacity =
                    CapacityProbe.estimate(HOST, server.port(), users, DemoPlan.K, PROBE_MS);
            LoadPlan load = loadPlan(server.port(), users, capacity);
            long allocatedBytes = server.workerAllocatedBytes();
            long served = server.requestsServed();
            ServerStatistics before = server.statistics();
            LoadReport report = LoadGenerator.run(load, progress);
            List<ServedLoad.StageTime> stages = ServedLoad.between(before, server.statistics());
            double bytesPerRequest =
                    (server.workerAllocatedBytes() - allocatedBytes)
                            / (double) Math.max(1, server.requestsServed() - served);
            review.checkAll(report.sampledAnswers());
            List<SampledAnswer> judged = ask(client, users, review);
            review.askSpecial(client);
            return new ServedLoad(
                    capacity,
                    report,
                    review,
                    judged,
                    lightlyRanked,
                    stages,
                    bytesPerRequest,
                    server.transport(),
                    server.workerCount());
        }
    }

    /**
     * Asks once for each of the users that are judged. The load asks for whom it has time; these
     * are always the same.
     */
    private List<SampledAnswer> ask(MillraceClient client, long[] users, AnswerReview review) {
        int count = Math.min(DemoPlan.JUDGED, users.length);
        List<SampledAnswer> answers = new ArrayList<>();
        try (ProgressListener.Stage stage = progress.start("ask for the judge", count)) {
            for (int i = 0; i < count; i++) {
                long user = users[(int) ((long) i * users.length / count)];
                Answer answer =
                        client.recommend(RecommendQuery.of(user, DemoPlan.K).at(servingTimeMs()));
                answers.add(
                        new SampledAnswer(
                                user,
                                null,
                                answer.itemIds(),
                                answer.scores(),
                                answer.retrieved(),
                                answer.ranked()));
                stage.advance(1);
            }
            review.checkAll(answers);
        }
        return answers;
    }

    private LoadPlan loadPlan(int port, long[] users, CapacityEstimate capacity) {
        double rate =
                plan.rate() > 0
                        ? plan.rate()
                        : Math.max(
                                LEAST_RATE,
                                Math.floor(SHARE_OF_CAPACITY * capacity.ratePerSecond()));
        return LoadPlan.to(HOST, port, users)
                .ratePerSecond(rate)
                .warmupMs(WARMUP_MS)
                .durationMs(Math.round(plan.seconds() * MS_PER_SECOND))
                .timeoutMs(TIMEOUT_MS)
                .k(DemoPlan.K)
                .timestampMs(servingTimeMs())
                .seed(plan.seed())
                .sampledAnswers(DemoPlan.JUDGED)
                .hiccupLog(folder.hiccupLog())
                .build();
    }

    /** The time requests are made at: just behind what the models have seen. */
    private long servingTimeMs() {
        return plan.kuairand() == null ? Simulator.servingTimeMs() : dataset.test().timestampMs(0);
    }

    /** Users of the test impressions, spread over all: of them is known what they like. */
    private long[] users() {
        BitSet tested = new BitSet(dataset.users().count());
        for (int i = 0; i < dataset.test().count(); i++) {
            tested.set(dataset.test().user(i));
        }
        int[] rows =
                tested.isEmpty()
                        ? IntStream.range(0, dataset.users().count()).toArray()
                        : tested.stream().toArray();
        int count = Math.min(MOST_USERS, rows.length);
        long[] ids = new long[count];
        Arrays.setAll(ids, i -> dataset.users().id(rows[(int) ((long) i * rows.length / count)]));
        return ids;
    }
}
