package io.millrace.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.cli.CommandRun;
import io.millrace.client.MillraceClient;
import io.millrace.client.message.Answer;
import io.millrace.client.message.RankColumn;
import io.millrace.client.message.RankQuery;
import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.json.Json;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.clicks.CalibrationMethod;
import io.millrace.data.clicks.ClickTraining;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.InteractionTable;
import io.millrace.data.dataset.Label;
import io.millrace.data.eval.ClickSample;
import io.millrace.data.eval.RankerScores;
import io.millrace.data.importers.ImportTask;
import io.millrace.data.importers.criteo.CriteoColumns;
import io.millrace.data.importers.criteo.CriteoImporter;
import io.millrace.data.importers.criteo.CriteoPlan;
import io.millrace.data.simulate.ClickLogPlan;
import io.millrace.data.simulate.ClickLogSimulator;
import io.millrace.data.train.ranker.LabelWeights;
import io.millrace.data.train.ranker.RankerTrainingPlan;
import io.millrace.ranker.calibration.Calibration;
import io.millrace.ranker.dcn.DcnModel;
import io.millrace.ranker.dcn.network.DcnShape;
import io.millrace.ranker.dcn.network.DcnStructure;
import io.millrace.server.MillraceServer;
import io.millrace.server.config.ServerConfig;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** From a log of ads to a served click model, whose scores are those of its training. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class AdServingTest {
    private static final int ROWS = 6_000;
    private static final int BATCH = 100;

    private Path folder = Path.of("");
    private List<String[]> log = List.of();
    private MillraceServer server;

    /** Calibrated probabilities of the ads of the last day, by their lines in the log. */
    private final Map<Long, Float> trained = new HashMap<>();

    @BeforeAll
    void trainAndServe(@TempDir Path temporary) throws IOException {
        folder = temporary;
        Path file = folder.resolve("ads.log");
        ClickLogSimulator.run(new ClickLogPlan(ROWS, 1), file, ProgressListener.NONE);
        log = Files.readAllLines(file).stream().map(line -> line.split("\t", -1)).toList();
        Path set = folder.resolve("ads");
        CriteoImporter.run(
                file, new CriteoPlan(500, 7), new ImportTask(set, 0, ProgressListener.NONE));
        DcnShape shape = new DcnShape(4, 1, 0, DcnStructure.STACKED, List.of(16));
        RankerTrainingPlan plan =
                new RankerTrainingPlan(
                        shape,
                        2,
                        false,
                        64,
                        3e-3f,
                        1e-5f,
                        0,
                        LabelWeights.DEFAULT,
                        0,
                        0,
                        true,
                        1,
                        2);
        Path models = folder.resolve("models");
        try (Dataset dataset = Dataset.open(set)) {
            ClickTraining.run(
                    dataset, models, plan, CalibrationMethod.ISOTONIC, ProgressListener.NONE);
            scoreLastDay(dataset, models);
        }
        CommandRun build = run("build", "--dataset", set, "--models", models, "--out", bundle());
        assertEquals(0, build.code(), build.err());
        assertTrue(build.out().contains("none: a ranker alone"), build.out());
        server =
                MillraceServer.start(
                        ServerConfig.defaults()
                                .with("bundle", bundle().toString())
                                .with("network.port", 0)
                                .with("network.adminPort", -1)
                                .with("funnel.warmUpRequests", 0));
    }

    private void scoreLastDay(Dataset dataset, Path models) {
        InteractionTable test = dataset.test();
        ClickSample sample = ClickSample.of(test, 0, test.count(), ROWS);
        Calibration calibration =
                Json.read(models.resolve(BundleLayout.CALIBRATION), Calibration.class);
        try (DcnModel model =
                DcnModel.load(models.resolve(BundleLayout.RANKER), dataset.schema())) {
            float[] scores =
                    RankerScores.of(
                                    model,
                                    dataset.users(),
                                    dataset.items(),
                                    test,
                                    sample,
                                    2,
                                    ProgressListener.NONE)
                            .of(Label.CLICK);
            for (int i = 0; i < scores.length; i++) {
                trained.put(dataset.items().id(test.item(i)), calibration.apply(scores[i]));
            }
        }
    }

    private float trained(long line) {
        return Objects.requireNonNull(trained.get(line), () -> "no ad of the last day: " + line);
    }

    private Path bundle() {
        return folder.resolve("bundle");
    }

    @AfterAll
    void stopServer() {
        server.close();
    }

    private static CommandRun run(Object... words) {
        String[] arguments = new String[words.length];
        for (int i = 0; i < words.length; i++) {
            arguments[i] = words[i].toString();
        }
        return CommandRun.of(arguments);
    }

    private CommandRun query(Object... words) {
        List<Object> all = new ArrayList<>(List.of("query", "--target"));
        all.add("127.0.0.1:" + server.port());
        all.addAll(List.of(words));
        return run(all.toArray());
    }

    private List<RankColumn> columns(List<Long> lines) {
        List<RankColumn> columns = new ArrayList<>();
        List<String> names = CriteoColumns.all();
        for (int column = 1; column < names.size(); column++) {
            int at = column;
            List<String> texts = lines.stream().map(line -> log.get((int) (line - 1))[at]).toList();
            columns.add(
                    CriteoColumns.NUMBERS.contains(names.get(column))
                            ? new RankColumn.Numbers(names.get(column), numbers(texts))
                            : new RankColumn.Texts(names.get(column), texts));
        }
        return columns;
    }

    private static double[] numbers(List<String> texts) {
        return texts.stream()
                .mapToDouble(text -> text.isEmpty() ? Double.NaN : Double.parseDouble(text))
                .toArray();
    }

    @Test
    void shouldServeTheScoresOfTrainingBitForBit() {
        List<Long> lines = trained.keySet().stream().sorted().toList();
        assertTrue(lines.size() > ROWS / 8, "ads of the last day: " + lines.size());
        try (MillraceClient client =
                MillraceClient.of("127.0.0.1", server.port(), Duration.ofSeconds(5))) {
            for (int from = 0; from < lines.size(); from += BATCH) {
                List<Long> batch = lines.subList(from, Math.min(from + BATCH, lines.size()));
                Answer answer = client.rank(RankQuery.ofRows(batch, columns(batch)));
                assertTrue(answer.isOk(), answer.message());
                assertEquals(batch.size(), answer.itemIds().length);
                for (int i = 0; i < answer.itemIds().length; i++) {
                    float expected = trained(answer.itemIds()[i]);
                    assertEquals(expected, answer.scores()[i], 0f, "line " + answer.itemIds()[i]);
                }
            }
        }
    }

    @Test
    void shouldRankTheRowsOfAFile() throws IOException {
        Path file = folder.resolve("candidates.tsv");
        List<Long> lines = trained.keySet().stream().sorted().limit(7).toList();
        List<String> names = CriteoColumns.all().subList(1, CriteoColumns.all().size());
        StringBuilder text = new StringBuilder(String.join("\t", names)).append('\n');
        for (long line : lines) {
            List<String> values = List.of(log.get((int) (line - 1)));
            text.append(String.join("\t", values.subList(1, values.size()))).append('\n');
        }
        Files.writeString(file, text);
        Path json = folder.resolve("answer.json");
        CommandRun run = query("rank", "--rows", file, "--json", json);
        assertEquals(0, run.code(), run.err());
        JsonNode results = Json.mapper().readTree(Files.readString(json)).get("results");
        assertEquals(7, results.size());
        float last = 1;
        for (JsonNode result : results) {
            float expected = trained(lines.get(result.get("item").asInt() - 1));
            assertEquals(expected, (float) result.get("score").asDouble(), 1e-6f);
            assertTrue(expected <= last);
            last = expected;
        }
    }

    @Test
    void shouldListTheColumnsOfTheLog() throws IOException {
        Path json = folder.resolve("columns.json");
        assertEquals(0, query("columns", "--json", json).code());
        List<String> names = new ArrayList<>();
        for (JsonNode column : Json.mapper().readTree(Files.readString(json)).get("columns")) {
            names.add(column.get("name").asText() + " " + column.get("form").asText());
        }
        List<String> expected =
                CriteoColumns.NUMBERS.stream()
                        .map(name -> name + " numbers")
                        .collect(Collectors.toCollection(ArrayList::new));
        CriteoColumns.CATEGORIES.forEach(name -> expected.add(name + " texts"));
        assertEquals(expected, names);
    }

    @Test
    void shouldSayWhatItIsWhereAFunnelIsNeeded() {
        CommandRun recommend = query("recommend", "--user", 1);
        assertEquals(1, recommend.code());
        assertTrue(recommend.err().contains("a ranker alone, which answers rank"), recommend.err());
        CommandRun inspect = run("inspect", bundle());
        assertEquals(0, inspect.code(), inspect.err());
        assertTrue(inspect.out().contains("calibration.json"), inspect.out());
        assertTrue(inspect.out().matches("(?s).*retriever +none\\R.*"), inspect.out());
        CommandRun eval = run("eval", "--bundle", bundle(), "--dataset", folder.resolve("ads"));
        assertEquals(1, eval.code());
        assertTrue(eval.err().contains("a ranker alone, without users and items"), eval.err());
    }

    @Test
    void shouldRefuseOptionsOfAGraph() {
        CommandRun build =
                run(
                        "build",
                        "--dataset",
                        folder.resolve("ads"),
                        "--models",
                        folder.resolve("models"),
                        "--out",
                        folder.resolve("other"),
                        "--layout",
                        "inlined");
        assertEquals(2, build.code());
        assertTrue(build.err().contains("options of a graph, but the models have"), build.err());
    }
}
