package io.millrace.cli.serve;

import io.millrace.client.MillraceClient;
import io.millrace.client.message.Answer;
import io.millrace.client.message.FeedbackEvent;
import io.millrace.client.message.RecommendQuery;
import io.millrace.core.fuzz.Fuzzing;
import io.millrace.core.log.LogFiles;
import io.millrace.core.log.LogRepair;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.wire.codec.EventCode;
import io.millrace.data.bundle.BuildPlan;
import io.millrace.data.bundle.BundleBuilder;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.importers.ImportTask;
import io.millrace.data.importers.impressions.ImpressionImporter;
import io.millrace.data.importers.impressions.ImpressionSource;
import io.millrace.data.simulate.SimulationPlan;
import io.millrace.data.simulate.Simulator;
import io.millrace.data.train.Training;
import io.millrace.data.train.TrainingPlan;
import io.millrace.ranker.impression.ImpressionDescription;
import io.millrace.server.MillraceServer;
import io.millrace.server.config.ServerConfig;

import org.agrona.IoUtil;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** A log of impressions, and what somebody says came of them, become a data set or are refused. */
final class ImpressionImportFuzzTest {
    private static final int USERS = 50;
    private static final int ITEMS = 400;
    private static final int K = 3;
    private static final long BEGIN_MS = 1_700_000_000_000L;
    private static final long HOUR_MS = 3_600_000;
    private static final int MOST_REJECTS = 1_000;

    @TempDir private static Path shared;
    private static Path bundle = Path.of("");
    private static Path log = Path.of("");
    private static final StringBuilder OUTCOMES =
            new StringBuilder("correlation,user,item,click,long_view,like\n");

    @TempDir private Path folder;

    @BeforeAll
    static void serveAWorld() throws IOException {
        Path world = shared.resolve("world");
        Path models = shared.resolve("models");
        bundle = shared.resolve("bundle");
        Simulator.run(SimulationPlan.defaults(USERS, ITEMS, 1), world, ProgressListener.NONE);
        try (Dataset dataset = Dataset.open(world)) {
            Training.run(
                    dataset, models, TrainingPlan.defaults(dataset, 1, 1), ProgressListener.NONE);
        }
        BundleBuilder.run(world, models, bundle, BuildPlan.defaults(), ProgressListener.NONE);
        Path logs = shared.resolve("log");
        ServerConfig config =
                ServerConfig.defaults()
                        .with("bundle", bundle.toString())
                        .with("log.folder", logs.toString())
                        .with("network.port", 0)
                        .with("network.adminPort", -1)
                        .with("funnel.candidates", 10)
                        .with("funnel.warmUpRequests", 0);
        try (MillraceServer server = MillraceServer.start(config);
                MillraceClient client =
                        MillraceClient.of("127.0.0.1", server.port(), Duration.ofSeconds(20))) {
            ask(client);
        }
        log = LogFiles.list(logs, ImpressionDescription.KIND).getFirst();
    }

    /** Some requests of one day, and some of the next, which is to test on. */
    private static void ask(MillraceClient client) {
        long[] users = client.info(USERS).sampleUsers();
        for (int i = 0; i < 8; i++) {
            long momentMs = BEGIN_MS + HOUR_MS * 6 * i;
            Answer answer = client.recommend(RecommendQuery.of(users[i], K).at(momentMs));
            long itemId = answer.itemIds()[0];
            FeedbackEvent click = new FeedbackEvent(EventCode.CLICK, itemId, Float.NaN);
            client.feedback(users[i], momentMs + 1_000, List.of(click));
            OUTCOMES.append(
                    String.format(
                            Locale.ROOT,
                            "%d,%d,%d,1,0,1%n",
                            answer.correlationId(),
                            users[i],
                            itemId));
        }
    }

    @Test
    void shouldImportOrRefuseWhenBytesOfTheLogAreChanged() throws IOException {
        Path changed = folder.resolve(log.getFileName());
        Fuzzing.of("impression-import")
                .seeds(Files.readAllBytes(log))
                .words("RECO", "MILLRLOG", "\"", "{", "}", "null", "-1", "2147483647")
                .repairing(LogRepair::repaired)
                .run(
                        input -> {
                            Files.write(changed, input);
                            importAll(changed, null);
                        });
    }

    @Test
    void shouldImportOrRefuseWhenWhatCameOfThemIsChanged() throws IOException {
        Path outcomes = folder.resolve("outcomes.csv");
        Fuzzing.of("impression-outcomes")
                .seeds(OUTCOMES.toString())
                .words("click", "like", "long_view", ",", "\n", "\"", "-1", "9223372036854775808")
                .run(
                        input -> {
                            Files.write(outcomes, input);
                            importAll(log, outcomes);
                        });
    }

    private void importAll(Path impressions, @Nullable Path outcomes) {
        Path target = folder.resolve("made");
        try {
            ImpressionImporter.run(
                    new ImpressionSource(impressions, bundle, outcomes, HOUR_MS),
                    new ImportTask(target, MOST_REJECTS, ProgressListener.NONE));
        } finally {
            IoUtil.delete(target.toFile(), true);
        }
    }
}
