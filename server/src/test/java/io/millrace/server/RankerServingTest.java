package io.millrace.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.FormCode;
import io.millrace.core.wire.codec.InfoResponseDecoder;
import io.millrace.core.wire.codec.ReasonCode;
import io.millrace.core.wire.codec.ScopeCode;
import io.millrace.core.wire.codec.SourceCode;
import io.millrace.ranker.dcn.DcnModel;
import io.millrace.ranker.dcn.DcnScorer;
import io.millrace.ranker.features.ContextEncoder;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowTable;
import io.millrace.server.Frames.Column;
import io.millrace.server.WireClient.Item;
import io.millrace.server.WireClient.Result;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.funnel.Catalogue;
import io.millrace.server.replay.Replay;
import io.millrace.server.replay.ReplayReport;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A bundle of a ranker alone, served. */
@Timeout(120)
class RankerServingTest {
    private static final int ROWS = 200;
    private static final int BATCHES = 1_000;
    private static final int PATIENCE_SECONDS = 30;
    private static final long NOBODY = -1;

    private static final List<String> SIZES = List.of("small", "medium", "large", "", "huge");

    @TempDir private Path folder;
    private Path bundle;
    private MillraceServer server;
    private WireClient client;

    @BeforeEach
    void startServer() throws IOException {
        bundle = AdBundle.write(folder.resolve("bundle"));
        start(0);
    }

    private void start(int warmUpRequests) throws IOException {
        server = MillraceServer.start(config().with("funnel.warmUpRequests", warmUpRequests));
        client = new WireClient(server.port());
    }

    private ServerConfig config() {
        return TestServers.config()
                .with("bundle", bundle.toString())
                .with("network.adminPort", 0)
                .with("log.folder", folder.resolve("log").toString());
    }

    @AfterEach
    void stopServer() throws IOException {
        client.close();
        server.close();
    }

    private static double shown(int row) {
        return row % 7 == 0 ? Double.NaN : row * row - 50.0;
    }

    private static String site(int row) {
        return row % 11 == 0 ? "" : "site-" + row % 23 + "é";
    }

    private static String size(int row) {
        return SIZES.get(row % SIZES.size());
    }

    private static byte[] ask(int from, int count, int k) {
        double[] shown = new double[count];
        String[] sites = new String[count];
        String[] sizes = new String[count];
        long[] names = new long[count];
        for (int i = 0; i < count; i++) {
            int row = from + i;
            shown[i] = shown(row);
            sites[i] = site(row);
            sizes[i] = size(row);
            names[i] = 1_000L + row;
        }
        return Frames.rank(
                5,
                NOBODY,
                k,
                false,
                1_700_000_000_000L,
                List.of(
                        Column.of("size", sizes),
                        Column.of("shown", shown),
                        Column.of("site", sites)),
                names);
    }

    /** The same rows as an import makes them, scored one by one and calibrated. */
    private List<Item> expected(int from, int count) {
        FeatureSchema schema = AdBundle.SCHEMA;
        List<Item> scored = new ArrayList<>();
        try (RowTable.Builder users = RowTable.builder(schema.layout(FeatureScope.USER), 1);
                RowTable.Builder items = RowTable.builder(schema.layout(FeatureScope.ITEM), count);
                DcnModel model = DcnModel.load(bundle.resolve(BundleLayout.RANKER), schema)) {
            users.append(0);
            for (int row = from; row < from + count; row++) {
                FeatureField shown = schema.field("shown");
                items.append(row);
                items.number(shown, shown.encoding().encode(shown(row)));
                FeatureField site = schema.field("site");
                items.category(site, schema.idOf(site, site(row)));
                FeatureField size = schema.field("size");
                items.category(size, schema.idOf(size, size(row)));
            }
            try (RowTable user = users.build();
                    RowTable rows = items.build()) {
                ContextEncoder contexts = new ContextEncoder(schema);
                MemorySegment context = Arena.ofAuto().allocate(contexts.rowBytes(), 64);
                contexts.encodeInto(1_700_000_000_000L, new int[0], new int[0], 0, context, 0);
                DcnScorer scorer = model.newScorer(1);
                float[] score = new float[1];
                for (int i = 0; i < count; i++) {
                    scorer.scoreInto(
                            user.segment(),
                            0,
                            context,
                            0,
                            rows.segment(),
                            rows.layout().rowBytes(),
                            new int[] {i},
                            1,
                            score);
                    scored.add(
                            new Item(
                                    1_000L + from + i,
                                    AdBundle.CALIBRATION.apply(score[0]),
                                    SourceCode.RANKED));
                }
            }
        }
        scored.sort(Comparator.comparingDouble(item -> -item.score()));
        return scored;
    }

    @Test
    void shouldAnswerCalibratedProbabilitiesOfTheRowsGiven() throws IOException {
        for (int from = 0; from < ROWS; from += 50) {
            List<Item> expected = expected(from, 50);
            Result result = client.ask(ask(from, 50, 0));
            assertEquals(Status.OK, result.status(), result.message());
            assertEquals(ReasonCode.NONE, result.reason());
            assertEquals(50, result.ranked());
            assertEquals(expected, result.items(), "bit for bit");
            assertEquals(expected.subList(0, 5), client.ask(ask(from, 50, 5)).items());
        }
    }

    @Test
    void shouldListNoColumnsOfWhatFollowsOrHasWeights() {
        assertEquals(
                List.of("shown", "site", "size"),
                server.catalogue().columns().stream().map(Catalogue.Column::name).toList());
    }

    @Test
    void shouldSayWhatIsWrongWithTexts() throws IOException {
        byte[] cutOff = {4, 0, 'a'};
        Result broken = rank(new Column(FormCode.TEXTS, "site", cutOff));
        assertEquals(
                "wrong length of values: field=site, bytes=3, candidates=2; send a value for each,"
                        + " or one for all",
                broken.message());
        byte[] latin1 = {1, 0, 'a', 1, 0, (byte) 0xE9};
        Result latin = rank(new Column(FormCode.TEXTS, "site", latin1));
        assertEquals(
                "text is not utf-8: field=site, candidate=1, item=8, value=?", latin.message());
        Result derived = rank(Column.of("site_size", "a", "b"));
        assertEquals(
                "wrong form of a column: field=site_size follows from other fields; leave it out",
                derived.message());
        Result weighted = rank(Column.of("moods", 3, 4));
        assertEquals(
                "wrong form of a column: field=moods has weights, which columns can't bring; leave"
                        + " it out",
                weighted.message());
        Result numbers = rank(Column.of("site", 1, 2));
        assertEquals(
                "wrong form of a column: field=site takes texts, not numbers", numbers.message());
    }

    private Result rank(Column column) throws IOException {
        Result result = client.ask(Frames.rank(1, NOBODY, 0, false, 0, List.of(column), 7, 8));
        assertEquals(Status.BAD_REQUEST, result.status());
        return result;
    }

    @Test
    void shouldSayWhatItIsWhenAskedForSomethingElse() throws IOException {
        for (byte[] frame :
                List.of(
                        Frames.recommend(1, 2, 3),
                        Frames.explain(1, 2, 3, 0, 0, new long[0], 7),
                        Frames.similar(1, 2, 3, false),
                        Frames.search(1, 2, 3, false),
                        Frames.feedback(1, 2, 3),
                        Frames.update(1, ScopeCode.USER, 2, Column.of("I1", 3)),
                        Frames.delete(1, 2))) {
            Result result = client.ask(frame);
            assertEquals(Status.BAD_REQUEST, result.status());
            assertTrue(
                    result.message().startsWith("the bundle is a ranker alone"), result.message());
        }
        Result items = client.ask(Frames.rank(1, NOBODY, 0, 7, 8));
        assertEquals(
                "the bundle is a ranker alone, which knows no items; send columns with the features"
                        + " of the candidates",
                items.message());
    }

    @Test
    void shouldTellOfItselfAsOthersDo() throws Exception {
        InfoResponseDecoder info = client.info(10);
        assertEquals(0, info.items());
        assertEquals(0, info.users());
        assertEquals(0, info.dimension());
        assertEquals(0, info.sampleUsers().count());
        assertEquals(0, info.sampleItems().count());
        InfoResponseDecoder.ContextFieldsDecoder fields = info.contextFields();
        assertEquals(1, fields.count());
        assertEquals(4, fields.next().codes());
        client.ask(ask(0, 5, 0));
        try (HttpClient http = HttpClient.newHttpClient()) {
            assertEquals("ready\n", get(http, "/readyz"));
            String metrics = get(http, "/metrics");
            assertTrue(
                    metrics.contains("millrace_requests_total{kind=\"rank\",status=\"ok\"} 1"),
                    metrics);
            assertTrue(metrics.contains("millrace_log_dropped_total 0"), metrics);
        }
    }

    private String get(HttpClient http, String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.adminPort() + path);
        return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    @Test
    void shouldAnswerTheSameWhenItsLogIsReplayed() throws IOException {
        for (int from = 0; from < ROWS; from += 20) {
            client.ask(ask(from, 20, from % 40 == 0 ? 0 : 7));
        }
        server.close();
        ReplayReport report = Replay.run(folder.resolve("log"), bundle, 2, ProgressListener.NONE);
        assertEquals(ROWS / 20, report.replayed());
        assertEquals(List.of(), report.first());
    }

    @Test
    void shouldAllocateNothingWhenServing() throws IOException {
        stopServer();
        start(64);
        byte[] frame = Frames.join(ask(0, 40, 0), ask(40, 30, 5));
        long least = Long.MAX_VALUE;
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (least > 0 && System.nanoTime() - endNs < 0) {
            long before = server.workerAllocatedBytes();
            for (int i = 0; i < BATCHES; i++) {
                client.send(frame);
                client.receive();
                client.receive();
            }
            least = Math.min(least, server.workerAllocatedBytes() - before);
        }
        assertEquals(0, server.statistics().failures());
        assertEquals(0, least, "bytes in the best of some rounds");
        assertTrue(Files.isDirectory(folder.resolve("log")));
    }
}
