package io.millrace.server.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.millrace.core.random.SplitRandom;
import io.millrace.server.FakeFunnel;
import io.millrace.server.MillraceServer;
import io.millrace.server.TestServers;
import io.millrace.server.WireClient;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.gateway.HttpPeer.Response;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** What the admin port does with peers of every manner. */
@Timeout(60)
class GatewayConnectionTest {
    private static final int WAIT_MS = 1_000;
    private static final String PING = HttpPeer.get("/v1/ping");

    private final FakeFunnel funnel = new FakeFunnel();
    private MillraceServer server = MillraceServer.start(config(), funnel);

    private static ServerConfig config() {
        return TestServers.config().with("network.adminPort", 0);
    }

    private void restart(String key, Object value) {
        server.close();
        server = MillraceServer.start(config().with(key, value), funnel);
    }

    @AfterEach
    void close() {
        // A test that failed may have left a request that waits.
        funnel.gate.release(10);
        server.close();
    }

    private HttpPeer connect() throws IOException {
        return new HttpPeer(server.adminPort());
    }

    private static String recommend(long user) {
        return HttpPeer.post("/v1/recommend", "{\"userId\":" + user + ",\"k\":1}");
    }

    /** The first item tells the user, see {@link FakeFunnel}. */
    private static long user(Response response) throws IOException {
        assertEquals(200, response.status(), response.body());
        return response.json().get("items").get(0).get("itemId").asLong() / 1_000;
    }

    @Test
    void shouldAnswerInOrderWhenRequestsComeTogether() throws IOException {
        try (HttpPeer http = connect()) {
            StringBuilder all = new StringBuilder();
            for (int i = 10; i < 210; i++) {
                all.append(recommend(i)).append(i % 3 == 0 ? HttpPeer.get("/healthz") : "");
            }
            http.send(all.toString());
            for (int i = 10; i < 210; i++) {
                assertEquals(i, user(http.read()));
                if (i % 3 == 0) {
                    assertEquals("ok\n", http.read().body());
                }
            }
        }
    }

    @Test
    void shouldAnswerWhenBytesComeOneByOne() throws IOException {
        try (HttpPeer http = connect()) {
            for (byte b : (recommend(12) + PING).getBytes(US_ASCII)) {
                http.send(new byte[] {b});
            }
            assertEquals(12, user(http.read()));
            assertEquals(200, http.read().status());
        }
    }

    @Test
    void shouldAnswerWhenPeerSaysNothingMore() throws IOException {
        try (HttpPeer http = connect()) {
            http.send(recommend(12) + recommend(13) + PING);
            http.shutOutput();
            assertEquals(12, user(http.read()));
            assertEquals(13, user(http.read()));
            assertEquals(200, http.read().status());
            assertTrue(http.isEnded());
        }
    }

    @Test
    void shouldCloseWhenPeerLeavesInTheMiddle() throws IOException {
        for (int length = 1; length < recommend(12).length(); length += 7) {
            try (HttpPeer http = connect()) {
                http.send(recommend(12).substring(0, length));
                http.shutOutput();
                http.readToEnd();
            }
        }
        assertServes();
    }

    private void assertServes() throws IOException {
        try (HttpPeer http = connect()) {
            assertEquals(7, user(http.ask(recommend(7))));
        }
    }

    @Test
    void shouldCloseWhenAskedTo() throws IOException {
        try (HttpPeer http = connect()) {
            http.send(PING.replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n") + PING);
            Response response = http.read();
            assertEquals(200, response.status());
            assertEquals("close", response.headers().get("connection"));
            assertTrue(http.isEnded());
        }
        try (HttpPeer old = connect()) {
            assertEquals(200, old.ask("GET /v1/ping HTTP/1.0\r\n\r\n").status());
            assertTrue(old.isEnded());
        }
    }

    @Test
    void shouldRefuseAndCloseWhenBodyIsTooLong() throws IOException {
        restart("limits.frameBytes", 1_024);
        int limit = 4 * 1_024;
        String longest = "{\"userId\":12,\"k\":1}";
        longest += " ".repeat(limit - longest.length());
        try (HttpPeer http = connect()) {
            assertEquals(12, user(http.askPost("/v1/recommend", longest)));
            http.send(recommend(13) + HttpPeer.post("/v1/recommend", longest + " "));
            assertEquals(13, user(http.read()));
            Response refused = http.read();
            assertEquals(413, refused.status());
            assertEquals("TOO_LARGE", refused.json().get("status").asText());
            assertEquals("body longer than 4096 bytes; send less at once", refused.message());
            assertTrue(http.isEnded());
        }
        try (HttpPeer chunked = connect()) {
            chunked.send(
                    "POST /v1/recommend HTTP/1.1\r\nhost: localhost\r\ncontent-type:"
                            + " application/json\r\ntransfer-encoding: chunked\r\n\r\n");
            String chunk = "3e8\r\n" + " ".repeat(1_000) + "\r\n";
            chunked.send(chunk.repeat(5));
            assertEquals(413, chunked.read().status());
        }
        try (HttpPeer asking = connect()) {
            String head = "content-type: application/json\r\nexpect: 100-continue";
            String request = HttpPeer.post("/v1/recommend", head, longest + " ");
            asking.send(request.substring(0, request.indexOf("\r\n\r\n") + 4));
            assertEquals(413, asking.read().status());
        }
        assertServes();
    }

    @Test
    void shouldSayGoOnWhenAskedBeforeTheBody() throws IOException {
        try (HttpPeer http = connect()) {
            String head = "content-type: application/json\r\nexpect: 100-continue";
            String body = "{\"userId\":12,\"k\":1}";
            String request = HttpPeer.post("/v1/recommend", head, body);
            http.send(request.substring(0, request.indexOf("\r\n\r\n") + 4));
            assertEquals(100, http.read().status());
            http.send(body);
            assertEquals(12, user(http.read()));
        }
    }

    /** What fits into a body may not fit into a frame. */
    @Test
    void shouldTellTooLargeWhenTheFrameIs() throws IOException {
        restart("limits.frameBytes", 1_024);
        try (HttpPeer http = connect()) {
            String ids = "1,".repeat(300) + "1";
            Response refused =
                    http.askPost("/v1/recommend", "{\"userId\":12,\"exclude\":[" + ids + "]}");
            assertEquals(413, refused.status());
            assertEquals(
                    "frame too large; send less or raise limits.frameBytes", refused.message());
            assertEquals(12, user(http.ask(recommend(12))));
        }
    }

    @Test
    void shouldRefuseWhenHeadersAreTooLongOrNoHttp() throws IOException {
        for (String[] bad :
                new String[][] {
                    {"GET /" + "x".repeat(5_000) + " HTTP/1.1\r\n\r\n", "414"},
                    {"GET / HTTP/1.1\r\nx: " + "y".repeat(9_000) + "\r\n\r\n", "431"},
                    {"oops\r\n\r\n", "400"},
                    {"GET /%zz HTTP/1.1\r\n\r\n", "400"},
                    {
                        "POST /v1/ping HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
                        "400"
                    },
                }) {
            try (HttpPeer http = connect()) {
                Response response = http.ask(bad[0]);
                assertEquals(Integer.parseInt(bad[1]), response.status(), response.body());
                assertEquals(1, response.message().lines().count());
            }
        }
        assertServes();
    }

    @Test
    void shouldCloseWhenPeerIsSlowOrIdle() throws Exception {
        restart("admin.waitMs", WAIT_MS);
        long beganNs = System.nanoTime();
        try (HttpPeer slow = connect();
                HttpPeer idle = connect();
                HttpPeer busy = connect()) {
            slow.send(recommend(12).substring(0, 40));
            busy.send(recommend(FakeFunnel.BLOCKED_USER));
            Response late = slow.read();
            assertEquals(408, late.status());
            assertEquals("REQUEST_TIMEOUT", late.json().get("status").asText());
            assertTrue(slow.isEnded());
            assertTrue(idle.isEnded());
            assertTrue(System.nanoTime() - beganNs >= 1_000_000L * WAIT_MS);
            // Who waits for an answer is neither slow nor idle.
            Thread.sleep(WAIT_MS);
            funnel.gate.release();
            assertEquals(FakeFunnel.BLOCKED_USER, user(busy.read()));
        }
    }

    @Test
    void shouldCloseWhenPeerReadsNothing() throws IOException {
        restart("admin.waitMs", WAIT_MS);
        try (HttpPeer deaf = connect()) {
            int requests = 2_000;
            String request = HttpPeer.get("/openapi.json");
            long answerBytes = deaf.ask(request).body().length();
            deaf.send(request.repeat(requests));
            deaf.awaitSilence(2 * WAIT_MS);
            assertTrue(deaf.readToEnd() < answerBytes * requests);
        }
        assertServes();
    }

    @Test
    void shouldRefuseWhenThereAreTooManyConnections() throws IOException {
        restart("admin.connections", 2);
        try (HttpPeer first = connect();
                HttpPeer second = connect()) {
            assertEquals(200, first.ask(PING).status());
            assertEquals(200, second.ask(PING).status());
            for (int i = 0; i < 5; i++) {
                try (HttpPeer third = connect()) {
                    Response refused = third.ask(PING);
                    assertEquals(503, refused.status());
                    assertEquals("OVERLOADED", refused.json().get("status").asText());
                    assertEquals("1", refused.headers().get("retry-after"));
                    assertTrue(refused.message().endsWith("raise admin.connections"));
                    assertTrue(third.isEnded());
                }
            }
            assertEquals(200, first.ask(PING).status());
        }
        while (!isTaken()) {
            // The server hears of the ends a little later.
            Thread.onSpinWait();
        }
    }

    private boolean isTaken() throws IOException {
        try (HttpPeer http = connect()) {
            return http.ask(PING).status() == 200;
        }
    }

    @Test
    void shouldTellWhenThePortForFramesIsFull() throws IOException {
        restart("limits.connections", 1);
        try (WireClient only = new WireClient(server.port());
                HttpPeer http = connect()) {
            only.info(0);
            Response refused = http.ask(recommend(12));
            assertEquals(503, refused.status());
            assertTrue(refused.message().startsWith("too many connections"), refused.message());
        }
        try (HttpPeer http = connect()) {
            Response response = http.ask(recommend(12));
            while (response.status() == 503) {
                response = http.ask(recommend(12));
            }
            assertEquals(12, user(response));
        }
    }

    @Test
    void shouldAnswerWhatIsUnderWayAndNothingNewWhenItStops() throws Exception {
        try (HttpPeer inFlight = connect();
                HttpPeer idle = connect();
                HttpPeer later = connect()) {
            assertEquals(200, idle.ask(PING).status());
            assertEquals(200, later.ask(PING).status());
            inFlight.send(recommend(FakeFunnel.BLOCKED_USER) + recommend(3));
            while (funnel.begun.get() == 0) {
                Thread.sleep(1);
            }
            Thread stopping = Thread.ofPlatform().start(server::close);
            while (!later.askGet("/readyz").body().equals("stopping\n")) {
                Thread.sleep(1);
            }
            Response refused = later.ask(recommend(3));
            assertEquals(503, refused.status());
            assertEquals("SHUTTING_DOWN", refused.json().get("status").asText());
            assertNull(refused.headers().get("retry-after"));
            funnel.gate.release();
            assertEquals(FakeFunnel.BLOCKED_USER, user(inFlight.read()));
            stopping.join();
            assertTrue(idle.isEnded());
            assertThrows(IOException.class, this::connect);
        }
    }

    @Test
    void shouldKeepAnswersApartWhenManyAskAtOnce() throws Exception {
        int peers = 8;
        int requests = 200;
        CountDownLatch begun = new CountDownLatch(peers);
        List<Thread> threads = new ArrayList<>();
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        for (int peer = 0; peer < peers; peer++) {
            SplitRandom random = SplitRandom.forStream(3, peer);
            threads.add(
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        begun.countDown();
                                        try (HttpPeer http = connect()) {
                                            for (int i = 0; i < requests; i++) {
                                                long user = 10L + random.nextInt(1 << 30);
                                                assertEquals(user, user(http.ask(recommend(user))));
                                            }
                                        } catch (IOException | AssertionError e) {
                                            failures.add(e);
                                        }
                                    }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(List.of(), failures);
    }
}
