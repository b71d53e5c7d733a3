package io.millrace.server.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.core.error.MillraceException;
import io.millrace.core.json.Json;
import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.EventCode;
import io.millrace.core.wire.codec.MessageHeaderDecoder;
import io.millrace.core.wire.codec.PongDecoder;
import io.millrace.core.wire.codec.ResultResponseDecoder;
import io.millrace.core.wire.codec.ScopeCode;
import io.millrace.server.FakeFunnel;
import io.millrace.server.Frames;
import io.millrace.server.Frames.Event;
import io.millrace.server.MillraceServer;
import io.millrace.server.TestServers;
import io.millrace.server.WireClient;
import io.millrace.server.WireClient.Result;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.request.RequestKind;
import io.millrace.server.security.tokens.Role;
import io.millrace.server.security.tokens.TokenFile;

import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Who may do what, over real sockets, by frames and by HTTP. */
@Timeout(120)
class TokenServingTest {
    private static final String UNKNOWN_TOKEN = "millrace_" + "A".repeat(43);
    private static final int REFUSED = -1;

    /** A frame of each kind that takes a permission. */
    private static final Map<RequestKind, byte[]> FRAMES = frames();

    @TempDir private Path folder;
    private final FakeFunnel funnel = new FakeFunnel();
    private final HttpClient http = HttpClient.newHttpClient();
    private Path file;

    @SuppressWarnings("NullAway.Init") // Started by each test.
    private MillraceServer server;

    private static Map<RequestKind, byte[]> frames() {
        Map<RequestKind, byte[]> frames = new EnumMap<>(RequestKind.class);
        frames.put(RequestKind.PING, Frames.ping(1));
        frames.put(RequestKind.COLUMNS, Frames.columns(1));
        frames.put(RequestKind.SCOPE_COLUMNS, Frames.scopeColumns(1, ScopeCode.ITEM));
        frames.put(RequestKind.INFO, Frames.info(1, 1));
        frames.put(RequestKind.STATS, Frames.stats(1));
        frames.put(RequestKind.RECOMMEND, Frames.recommend(1, 10, 3));
        frames.put(RequestKind.EXPLAIN, Frames.explain(1, 10, 3, 0, 0, new long[0]));
        frames.put(RequestKind.SIMILAR, Frames.similar(1, 10, 3, false));
        frames.put(RequestKind.SEARCH, Frames.search(1, -1, 3, false, 1, 2, 3, 4));
        frames.put(RequestKind.RANK, Frames.rank(1, -1, 0, 5, 6));
        frames.put(RequestKind.FEEDBACK, Frames.feedback(1, 10, 0, Event.of(EventCode.CLICK, 5)));
        frames.put(RequestKind.UPDATE, Frames.update(1, ScopeCode.ITEM, 5));
        frames.put(RequestKind.UPSERT, Frames.upsert(1, 5, new float[0]));
        frames.put(RequestKind.DELETE, Frames.delete(1, 5));
        return frames;
    }

    private static Set<Role> rolesFor(RequestKind kind) {
        return switch (kind) {
            case PING, COLUMNS, SCOPE_COLUMNS -> Set.of(Role.values());
            case INFO, STATS, RECOMMEND, EXPLAIN, SIMILAR, SEARCH, RANK -> Set.of(Role.READ);
            default -> Set.of(Role.WRITE);
        };
    }

    @BeforeEach
    void nameFile() {
        file = folder.resolve("tokens.json");
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
        http.close();
    }

    private String token(String name, Role... roles) {
        return TokenFile.add(file, name, List.of(roles), null, null);
    }

    private ServerConfig config() {
        return TestServers.config()
                .with("network.adminPort", 0)
                .with("tokens.file", file.toString())
                .with("tls.reloadMs", 20);
    }

    private void start() {
        start(config());
    }

    private void start(ServerConfig config) {
        server = MillraceServer.start(config, funnel);
    }

    private WireClient client() throws IOException {
        return new WireClient(server.port());
    }

    private WireClient client(String token) throws IOException {
        WireClient client = client();
        Result introduced = client.introduce(token);
        assertEquals(Status.OK, introduced.status(), introduced.message());
        return client;
    }

    private boolean isKnown(String token) throws IOException {
        try (WireClient client = client()) {
            return client.introduce(token).status() == Status.OK;
        }
    }

    /** How a frame ended; answers of other kinds are OK. */
    private static Status ask(WireClient client, byte[] frame) throws IOException {
        client.send(frame);
        UnsafeBuffer answer = new UnsafeBuffer(client.receive());
        boolean isResult = FrameLayout.templateId(answer, 0) == ResultResponseDecoder.TEMPLATE_ID;
        return isResult ? status(answer) : Status.OK;
    }

    private static Status status(UnsafeBuffer frame) {
        ResultResponseDecoder result = new ResultResponseDecoder();
        result.wrapAndApplyHeader(frame, FrameLayout.HEADER_OFFSET, new MessageHeaderDecoder());
        return Status.of(result.statusRaw());
    }

    private HttpResponse<String> send(
            String method, String path, String body, @Nullable String authorization)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.adminPort() + path))
                        .header("content-type", "application/json")
                        .method(
                                method,
                                body.isEmpty()
                                        ? BodyPublishers.noBody()
                                        : BodyPublishers.ofString(body));
        if (authorization != null) {
            request.header("authorization", authorization);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String path, @Nullable String token)
            throws IOException, InterruptedException {
        return send("GET", path, "", token == null ? null : "Bearer " + token);
    }

    @Test
    void shouldKnowEveryKindThatWorkersAnswer() {
        for (RequestKind kind : RequestKind.values()) {
            boolean isOpen = kind == RequestKind.AUTH || kind == RequestKind.UNKNOWN;
            assertEquals(!isOpen, FRAMES.containsKey(kind), kind.label());
        }
    }

    @Test
    void shouldLetEachRoleDoWhatItIsForWhenAskedByFrames() throws IOException {
        Map<Role, String> tokens = new EnumMap<>(Role.class);
        for (Role role : Role.values()) {
            tokens.put(role, token(role.name(), role));
        }
        start();
        for (Map.Entry<Role, String> entry : tokens.entrySet()) {
            try (WireClient client = client(entry.getValue())) {
                for (Map.Entry<RequestKind, byte[]> frame : FRAMES.entrySet()) {
                    Status status = ask(client, frame.getValue());
                    String which = entry.getKey() + " " + frame.getKey() + " " + status;
                    if (rolesFor(frame.getKey()).contains(entry.getKey())) {
                        assertTrue(
                                status != Status.FORBIDDEN && status != Status.UNAUTHENTICATED,
                                which);
                    } else {
                        assertEquals(Status.FORBIDDEN, status, which);
                    }
                }
            }
        }
    }

    @Test
    void shouldRefuseEveryKindWhenNoTokenCame() throws IOException {
        token("reader", Role.READ);
        start();
        try (WireClient client = client()) {
            for (Map.Entry<RequestKind, byte[]> frame : FRAMES.entrySet()) {
                assertEquals(
                        Status.UNAUTHENTICATED,
                        ask(client, frame.getValue()),
                        frame.getKey().label());
            }
        }
        assertEquals(0, funnel.begun.get());
    }

    @Test
    void shouldServeEverybodyWhenNoTokensAreWanted() throws IOException {
        start(TestServers.config());
        try (WireClient client = client()) {
            assertEquals(Status.OK, client.ask(Frames.recommend(1, 10, 1)).status());
            assertEquals(Status.OK, client.introduce("anything").status());
            assertEquals(Status.OK, client.ask(Frames.recommend(1, 10, 1)).status());
        }
    }

    @Test
    void shouldCloseWhenTooManyTokensWereWrong() throws Exception {
        String good = token("reader", Role.READ);
        start();
        try (WireClient client = client()) {
            assertEquals(Status.UNAUTHENTICATED, client.introduce(UNKNOWN_TOKEN).status());
            assertEquals(Status.UNAUTHENTICATED, client.introduce("").status());
            // A mistake that is mended is none.
            assertEquals(Status.OK, client.introduce(good).status());
            assertEquals(Status.OK, client.ask(Frames.recommend(1, 10, 1)).status());
            // The token before counts no longer.
            Result last = client.introduce("x".repeat(500));
            assertEquals(Status.UNAUTHENTICATED, last.status());
            assertTrue(client.isEnded());
        }
        assertEquals(3, metric("security_refusals_total{reason=\"bad_token\"}", good));
    }

    /** Too long a token is not even looked at. */
    @Test
    void shouldRefuseWhenTokenIsHuge() throws IOException {
        token("reader", Role.READ);
        start();
        try (WireClient client = client()) {
            assertEquals(Status.UNAUTHENTICATED, client.introduce("x".repeat(2_000)).status());
            assertEquals(Status.UNAUTHENTICATED, ask(client, Frames.ping(1)));
        }
    }

    @Test
    void shouldCloseWhenNobodySaysWhoHeIs() throws Exception {
        String good = token("reader", Role.READ);
        start(config().with("tokens.waitMs", 300));
        try (WireClient known = client(good);
                WireClient silent = client()) {
            assertTrue(silent.isEnded());
            TimeUnit.MILLISECONDS.sleep(400);
            assertEquals(Status.OK, ask(known, Frames.ping(1)));
        }
        assertEquals(1, metric("security_refusals_total{reason=\"no_token\"}", good));
    }

    @Test
    void shouldTakeTokensBackOnOpenConnectionsWhenTheFileChanges() throws Exception {
        String leaving = token("leaving", Role.READ);
        String staying = token("staying", Role.READ);
        start();
        try (WireClient first = client(leaving);
                WireClient second = client(staying)) {
            assertEquals(Status.OK, ask(first, Frames.ping(1)));
            TokenFile.remove(file, "leaving");
            String added = token("added", Role.READ, Role.WRITE);
            awaitUntil(() -> ask(first, Frames.ping(1)) == Status.UNAUTHENTICATED);
            // The file was changed twice, and may have been read in between.
            awaitUntil(() -> isKnown(added));
            assertEquals(Status.OK, ask(second, Frames.ping(1)));
            assertEquals(Status.UNAUTHENTICATED, first.introduce(leaving).status());
            assertEquals(401, get("/stats", leaving).statusCode());
            try (WireClient third = client(added)) {
                assertNotEquals(Status.FORBIDDEN, ask(third, Frames.delete(1, 5)));
            }
        }
    }

    @Test
    void shouldKeepTheTokensOfBeforeWhenTheFileIsBroken() throws Exception {
        String good = token("reader", Role.READ);
        String admin = token("admin", Role.ADMIN);
        start(config().with("tls.reloadMs", 0));
        Files.writeString(file, "{\"tokens\": [{\"name\": \"a\"");
        HttpResponse<String> failed = send("POST", "/reload", "{}", "Bearer " + admin);
        assertEquals(409, failed.statusCode(), failed.body());
        JsonNode told = Json.mapper().readTree(failed.body());
        assertEquals("CONFLICT", told.get("status").asText());
        assertTrue(told.get("message").asText().startsWith("not a file of tokens: "));
        assertEquals(1, metric("security_files_broken", good));
        assertEquals(1, metric("security_reload_failures_total", good));
        try (WireClient client = client(good)) {
            assertEquals(Status.OK, ask(client, Frames.ping(1)));
        }
        Files.delete(file);
        String newer = token("admin2", Role.ADMIN);
        HttpResponse<String> done = send("POST", "/reload", "{}", "Bearer " + admin);
        assertEquals(200, done.statusCode(), done.body());
        assertEquals(1, Json.mapper().readTree(done.body()).get("tokens").asInt());
        assertEquals(401, send("POST", "/reload", "{}", "Bearer " + admin).statusCode());
        assertEquals(200, send("POST", "/reload", "{}", "Bearer " + newer).statusCode());
        String later = token("reader", Role.READ);
        assertEquals(200, send("POST", "/reload", "{}", "Bearer " + newer).statusCode());
        assertEquals(0, metric("security_files_broken", later));
        assertEquals(2, metric("tokens", later));
    }

    @Test
    void shouldAskForRolesWhenAskedByHttp() throws Exception {
        String reader = token("reader", Role.READ);
        String writer = token("writer", Role.WRITE);
        String admin = token("admin", Role.ADMIN);
        start();
        for (String path : List.of("/healthz", "/readyz", "/openapi.json")) {
            assertEquals(200, get(path, null).statusCode(), path);
        }
        assertHttp("GET", "/metrics", "", 200, REFUSED, REFUSED, reader, writer, admin);
        assertHttp("GET", "/stats", "", 200, REFUSED, REFUSED, reader, writer, admin);
        assertHttp("GET", "/rates?item=5", "", 200, REFUSED, REFUSED, reader, writer, admin);
        assertHttp("GET", "/config", "", REFUSED, REFUSED, 200, reader, writer, admin);
        assertHttp("GET", "/bundle", "", REFUSED, REFUSED, 409, reader, writer, admin);
        String bundle = "{\"directory\": \"/nowhere\"}";
        assertHttp("POST", "/bundle", bundle, REFUSED, REFUSED, 409, reader, writer, admin);
        assertHttp("POST", "/bundle/rollback", "{}", REFUSED, REFUSED, 409, reader, writer, admin);
        assertHttp("GET", "/flight?seconds=0", "", REFUSED, REFUSED, 400, reader, writer, admin);
        assertHttp("POST", "/reload", "{}", REFUSED, REFUSED, 200, reader, writer, admin);
        assertHttp("GET", "/v1/ping", "", 200, 200, 200, reader, writer, admin);
        assertHttp("GET", "/v1/columns", "", 200, 200, 200, reader, writer, admin);
        assertHttp("GET", "/v1/info", "", 200, REFUSED, REFUSED, reader, writer, admin);
        String user = "{\"userId\": 10}";
        assertHttp("POST", "/v1/recommend", user, 200, REFUSED, REFUSED, reader, writer, admin);
        String item = "{\"itemId\": 5}";
        assertHttp("POST", "/v1/similar", item, 200, REFUSED, REFUSED, reader, writer, admin);
        String vector = "{\"vector\": [1, 2, 3, 4]}";
        assertHttp("POST", "/v1/search", vector, 200, REFUSED, REFUSED, reader, writer, admin);
        for (String path : List.of("feedback", "update", "upsert", "delete")) {
            assertHttp("POST", "/v1/" + path, "{}", REFUSED, 400, REFUSED, reader, writer, admin);
        }
        assertHttp("POST", "/v1/rank", "{}", 400, REFUSED, REFUSED, reader, writer, admin);
    }

    /** What each token is answered; a role that is missing with 403, no or a wrong token 401. */
    private void assertHttp(
            String method,
            String path,
            String body,
            int forReader,
            int forWriter,
            int forAdmin,
            String reader,
            String writer,
            String admin)
            throws IOException, InterruptedException {
        int[] expected = {forReader, forWriter, forAdmin};
        List<String> tokens = List.of(reader, writer, admin);
        for (int i = 0; i < expected.length; i++) {
            HttpResponse<String> answer = send(method, path, body, "Bearer " + tokens.get(i));
            int status = expected[i] == REFUSED ? 403 : expected[i];
            assertEquals(status, answer.statusCode(), path + " " + i + " " + answer.body());
        }
        for (String wrong : new String[] {null, "Bearer " + UNKNOWN_TOKEN, "Basic " + reader}) {
            HttpResponse<String> answer = send(method, path, body, wrong);
            assertEquals(401, answer.statusCode(), path + " " + wrong);
            assertEquals("Bearer", answer.headers().firstValue("www-authenticate").orElse(""));
            assertEquals(
                    "UNAUTHENTICATED",
                    Json.mapper().readTree(answer.body()).get("status").asText());
        }
    }

    /** The next request of a kept connection does not inherit the token of the one before. */
    @Test
    void shouldAskEachRequestForItsTokenWhenConnectionIsKept() throws Exception {
        String reader = token("reader", Role.READ);
        start();
        assertEquals(200, get("/stats", reader).statusCode());
        assertEquals(401, get("/stats", null).statusCode());
        assertEquals(200, get("/stats", reader).statusCode());
        // Upper and lower case of the scheme, and blanks, mean nothing.
        assertEquals(200, send("GET", "/stats", "", "bEaReR   " + reader + " ").statusCode());
    }

    @Test
    void shouldCloseHttpWhenTooManyTokensWereWrong() throws Exception {
        token("reader", Role.READ);
        start();
        for (int i = 1; i <= 3; i++) {
            HttpResponse<String> answer = get("/stats", UNKNOWN_TOKEN);
            assertEquals(
                    i == 3 ? "close" : "",
                    answer.headers().firstValue("connection").orElse(""),
                    "answer " + i);
        }
    }

    @Test
    void shouldLimitTheRateOfATokenWhenItHasManyConnections() throws Exception {
        String limited = TokenFile.add(file, "limited", List.of(Role.READ), 50.0, 20);
        String free = token("free", Role.READ);
        start();
        try (WireClient first = client(limited);
                WireClient second = client(limited);
                WireClient other = client(free)) {
            long beginNs = System.nanoTime();
            int admitted = 0;
            int refused = 0;
            String message = "";
            while (System.nanoTime() - beginNs < TimeUnit.SECONDS.toNanos(1)) {
                for (WireClient client : List.of(first, second)) {
                    Result result = client.ask(Frames.recommend(1, 10, 1));
                    if (result.status() == Status.OK) {
                        admitted++;
                    } else {
                        assertEquals(Status.RATE_LIMITED, result.status());
                        refused++;
                        message = result.message();
                    }
                }
            }
            double seconds = (System.nanoTime() - beginNs) / 1e9;
            assertTrue(admitted <= 20 + 50 * seconds + 1, admitted + " in " + seconds);
            assertTrue(admitted >= 20 + 50 * 1.0 - 2, admitted + " in " + seconds);
            assertTrue(refused > 0, "nothing was refused");
            assertTrue(message.matches(".*: retryAfterMs=[0-9]+; .*"), message);
            assertEquals(Status.OK, other.ask(Frames.recommend(1, 10, 1)).status());
            HttpResponse<String> http = get("/stats", limited);
            while (http.statusCode() == 200) {
                http = get("/stats", limited);
            }
            assertEquals(429, http.statusCode(), http.body());
            assertEquals("1", http.headers().firstValue("retry-after").orElse(""));
        }
    }

    /** Where HTTP is let in, its frames are, whatever the port for frames asks of others. */
    @Test
    void shouldGoThroughTheGatewayWhenTokenIsKnown() throws Exception {
        String reader = token("reader", Role.READ);
        start();
        HttpResponse<String> answer =
                send("POST", "/v1/recommend", "{\"userId\": 10, \"k\": 2}", "Bearer " + reader);
        assertEquals(200, answer.statusCode(), answer.body());
        assertEquals(2, Json.mapper().readTree(answer.body()).get("items").size());
    }

    @Test
    void shouldRefuseToStartWhenOthersCanReachTheTokens() throws IOException {
        token("reader", Role.READ);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        MillraceException e = assertThrows(MillraceException.class, this::start);
        assertTrue(e.getMessage().startsWith("others can reach the file of tokens: "));
    }

    /** A number of the page of metrics. */
    private double metric(String name, String token) throws IOException, InterruptedException {
        return get("/metrics", token)
                .body()
                .lines()
                .filter(line -> line.startsWith("millrace_" + name + " "))
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .mapToDouble(Double::parseDouble)
                .findFirst()
                .orElseThrow();
    }

    /** A condition that asks over a socket. */
    private interface Asking {
        boolean isTrue() throws IOException;
    }

    private static void awaitUntil(Asking condition) throws IOException, InterruptedException {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.isTrue()) {
            assertTrue(System.nanoTime() - endNs < 0, "waited in vain");
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    @Test
    void shouldAnswerPingsWithPongsWhenKnown() throws IOException {
        String writer = token("writer", Role.WRITE);
        start();
        try (WireClient client = client(writer)) {
            client.send(Frames.ping(77));
            UnsafeBuffer pong = new UnsafeBuffer(client.receive());
            assertEquals(PongDecoder.TEMPLATE_ID, FrameLayout.templateId(pong, 0));
            assertEquals(77, FrameLayout.correlationId(pong, 0));
        }
    }
}
