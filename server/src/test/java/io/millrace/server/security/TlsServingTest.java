package io.millrace.server.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.millrace.core.error.MillraceException;
import io.millrace.core.tls.TestCertificates;
import io.millrace.core.tls.TestCertificates.Issued;
import io.millrace.core.wire.Status;
import io.millrace.server.FakeFunnel;
import io.millrace.server.Frames;
import io.millrace.server.LoggedLines;
import io.millrace.server.MillraceServer;
import io.millrace.server.TestServers;
import io.millrace.server.WireClient;
import io.millrace.server.WireClient.Result;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.config.ServerConfig.TransportChoice;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

/** Encrypted connections to both ports, over real sockets. */
@Timeout(120)
class TlsServingTest {
    private static final Duration MONTH = Duration.ofDays(30);

    @TempDir private Path folder;
    private final FakeFunnel funnel = new FakeFunnel();
    private final TestCertificates authority = new TestCertificates("authority");
    private Path root;
    private Issued own;
    private SSLContext trusting;

    @SuppressWarnings("NullAway.Init") // Started by each test.
    private MillraceServer server;

    @BeforeEach
    void issue() throws IOException {
        root = authority.write(folder.resolve("root.pem"));
        own = authority.issue(folder, "server", MONTH);
        trusting = TlsPeer.context(root, null);
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    private ServerConfig config() {
        return TestServers.config()
                .with("network.adminPort", 0)
                .with("tls.certificate", own.certificate().toString())
                .with("tls.key", own.key().toString())
                .with("tls.handshakeMs", 500)
                .with("tls.reloadMs", 20);
    }

    private void start(ServerConfig config) {
        server = MillraceServer.start(config, funnel);
    }

    private HttpResponse<String> send(SSLContext context, String method, String path, String body)
            throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newBuilder().sslContext(context).build()) {
            return http.send(
                    HttpRequest.newBuilder(
                                    URI.create("https://localhost:" + server.adminPort() + path))
                            .header("content-type", "application/json")
                            .method(method, HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    private double metric(String name) throws IOException, InterruptedException {
        return send(trusting, "GET", "/metrics", "")
                .body()
                .lines()
                .filter(line -> line.startsWith("millrace_" + name + " "))
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .mapToDouble(Double::parseDouble)
                .findFirst()
                .orElseThrow();
    }

    private double refusals(String reason) throws IOException, InterruptedException {
        return metric("security_refusals_total{reason=\"" + reason + "\"}");
    }

    private void awaitRefusal(String reason) throws IOException, InterruptedException {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (refusals(reason) == 0) {
            assertTrue(System.nanoTime() - endNs < 0, "nothing was refused for " + reason);
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    private Socket plain(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(20_000);
        return socket;
    }

    @ParameterizedTest
    @EnumSource
    void shouldAnswerTheSameAsPlainWhenEncrypted(TransportChoice transport) throws IOException {
        start(config().with("network.transport", transport).with("limits.excluded", 65_534));
        try (WireClient client = TlsPeer.client(trusting, server.port())) {
            int count = 500;
            byte[][] frames = new byte[count][];
            for (int i = 0; i < count; i++) {
                frames[i] = Frames.recommend(i, 100 + i, 3);
            }
            client.send(Frames.join(frames));
            boolean[] seen = new boolean[count];
            for (int i = 0; i < count; i++) {
                Result result = client.result();
                assertEquals(Status.OK, result.status());
                int id = (int) result.correlationId();
                assertFalse(seen[id]);
                seen[id] = true;
                long first = (100 + id) * 1_000L;
                assertEquals(List.of(first, first + 1, first + 2), result.itemIds());
            }
            // Longer than any record and any buffer.
            long[] many = new long[60_000];
            for (int i = 0; i < 3; i++) {
                client.send(
                        Frames.join(Frames.recommend(1, 10, 2, many), Frames.recommend(2, 11, 2)));
                assertEquals(60_000, client.result().retrieved());
                assertEquals(List.of(11_000L, 11_001L), client.result().itemIds());
            }
        }
    }

    @Test
    void shouldAnswerWhenBytesComeOneByOne() throws IOException {
        start(config());
        try (WireClient client = TlsPeer.client(trusting, server.port())) {
            for (byte b : Frames.recommend(9, 10, 2, 77)) {
                client.send(new byte[] {b});
            }
            assertEquals(List.of(10_000L, 10_001L), client.result().itemIds());
        }
    }

    @Test
    void shouldServePagesAndRequestsByHttpsWhenEncrypted() throws Exception {
        start(config());
        assertEquals("ok\n", send(trusting, "GET", "/healthz", "").body());
        HttpResponse<String> answer =
                send(trusting, "POST", "/v1/recommend", "{\"userId\": 10, \"k\": 2}");
        assertEquals(200, answer.statusCode(), answer.body());
        assertTrue(answer.body().contains("10001"), answer.body());
        assertEquals(29, Math.floor(metric("certificate_days_left")));
    }

    @Test
    void shouldTellOthersThatItSpeaksTlsWhenTheyDoNot() throws Exception {
        start(config());
        try (WireClient client = new WireClient(plain(server.port()))) {
            Result refused = client.ask(Frames.recommend(1, 10, 1));
            assertEquals(Status.UNAUTHENTICATED, refused.status());
            assertEquals(-1, refused.correlationId());
            assertTrue(refused.message().startsWith("this port speaks tls 1.3"));
            assertTrue(client.isEnded());
        }
        try (Socket http = plain(server.adminPort())) {
            http.getOutputStream().write("GET / HTTP/1.1\r\nhost: a\r\n\r\n".getBytes(US_ASCII));
            String answer = new String(http.getInputStream().readAllBytes(), US_ASCII);
            assertTrue(answer.startsWith("HTTP/1.1 400 Bad Request\r\n"), answer);
            assertTrue(answer.endsWith("\r\n\r\nthis port speaks tls 1.3; ask by https://\n"));
        }
        assertEquals(2, refusals("plain"));
        assertEquals(0, funnel.begun.get());
    }

    @Test
    void shouldCloseWhenHandshakesHang() throws Exception {
        start(config());
        try (Socket silent = plain(server.port());
                Socket silentHttp = plain(server.adminPort());
                Socket half = plain(server.port());
                WireClient other = TlsPeer.client(trusting, server.port())) {
            // A record of a handshake that never comes to its end.
            half.getOutputStream().write(new byte[] {22, 3, 1, 1, 0, 1, 0, 0, (byte) 252, 3});
            for (Socket socket : List.of(silent, silentHttp, half)) {
                assertEnded(socket);
            }
            assertEquals(Status.OK, other.ask(Frames.recommend(1, 10, 1)).status());
        }
        awaitRefusal("handshake_timeout");
        assertEquals(3, refusals("handshake_timeout"));
    }

    private static void assertEnded(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        try {
            while (in.read() >= 0) {
                // An alert may come first.
            }
        } catch (SocketException reset) {
            // Has ended, too.
            return;
        }
    }

    @Test
    void shouldRefuseWhenTlsIsOlder() throws Exception {
        start(config());
        assertThrows(IOException.class, () -> TlsPeer.connect(trusting, server.port(), "TLSv1.2"));
        awaitRefusal("handshake");
    }

    @Test
    void shouldNotBeTrustedWhenAnotherAuthorityIs() throws Exception {
        start(config());
        Path other = new TestCertificates("other").write(folder.resolve("other.pem"));
        SSLContext wrong = TlsPeer.context(other, null);
        assertThrows(SSLException.class, () -> TlsPeer.connect(wrong, server.port(), "TLSv1.3"));
        awaitRefusal("handshake");
    }

    @Test
    void shouldRefuseToStartWhenCertificateMakesNoSense() throws IOException {
        Issued expired = authority.issue(folder, "expired", Duration.ofDays(-1));
        assertRefused(
                config().with("tls.certificate", expired.certificate().toString())
                        .with("tls.key", expired.key().toString()),
                "certificate has expired: ");
        assertRefused(
                config().with("tls.key", expired.key().toString()),
                "key does not fit the certificate: ");
        assertRefused(
                config().with("tls.certificate", folder.resolve("no.pem").toString()),
                "cannot read certificates: no such file");
        assertRefused(
                TestServers.config().with("tls.key", own.key().toString()),
                "a certificate and its key go together: ");
        assertRefused(
                TestServers.config().with("tls.clients", root.toString()),
                "nothing is encrypted: ");
    }

    private void assertRefused(ServerConfig config, String message) {
        MillraceException e = assertThrows(MillraceException.class, () -> start(config));
        assertTrue(e.getMessage().startsWith(message), e.getMessage());
    }

    @Test
    void shouldListenAnywhereOnlyWhenEncryptedOrAllowed() {
        assertRefused(
                TestServers.config().with("network.host", "0.0.0.0"), "address is not loopback: ");
        assertRefused(
                TestServers.config()
                        .with("network.adminHost", "0.0.0.0")
                        .with("network.adminPort", 0),
                "address is not loopback: ");
        start(config().with("network.host", "0.0.0.0").with("network.adminHost", "0.0.0.0"));
    }

    @Test
    void shouldLetInOnlyClientsWithCertificatesWhenMutual() throws Exception {
        TestCertificates clients = new TestCertificates("clients");
        Path clientRoot = clients.write(folder.resolve("clients.pem"));
        start(config().with("tls.clients", clientRoot.toString()));
        SSLContext known = TlsPeer.context(root, clients.issue(folder, "known", MONTH));
        SSLContext stranger = TlsPeer.context(root, authority.issue(folder, "stranger", MONTH));
        SSLContext expired =
                TlsPeer.context(root, clients.issue(folder, "late", Duration.ofDays(-1)));
        try (WireClient client = TlsPeer.client(known, server.port())) {
            assertEquals(Status.OK, client.ask(Frames.recommend(1, 10, 1)).status());
        }
        for (SSLContext wrong : List.of(trusting, stranger, expired)) {
            assertThrows(IOException.class, () -> askOnce(wrong, server.port()));
            assertThrows(IOException.class, () -> send(wrong, "GET", "/healthz", ""));
        }
        assertEquals("ok\n", send(known, "GET", "/healthz", "").body());
        // The gateway needs no certificate of its own.
        HttpResponse<String> answer =
                send(known, "POST", "/v1/recommend", "{\"userId\": 10, \"k\": 2}");
        assertEquals(200, answer.statusCode(), answer.body());
        trusting = known;
        awaitRefusal("client_certificate");
        assertEquals(1, funnel.begun.get() - 1);
    }

    @Test
    void shouldLetInOthersWhenTheAuthorityOfClientsWasReplaced() throws Exception {
        TestCertificates before = new TestCertificates("before");
        TestCertificates after = new TestCertificates("after");
        Path clientRoot = before.write(folder.resolve("clients.pem"));
        start(config().with("tls.clients", clientRoot.toString()));
        SSLContext old = TlsPeer.context(root, before.issue(folder, "old", MONTH));
        SSLContext young = TlsPeer.context(root, after.issue(folder, "young", MONTH));
        askOnce(old, server.port());
        assertThrows(IOException.class, () -> askOnce(young, server.port()));
        after.write(clientRoot);
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!isLetIn(young)) {
            assertTrue(System.nanoTime() - endNs < 0, "never let in");
        }
        // Its session of before is not resumed.
        assertThrows(IOException.class, () -> askOnce(old, server.port()));
    }

    private boolean isLetIn(SSLContext context) {
        try {
            askOnce(context, server.port());
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** In TLS 1.3 a client learns only by its first answer that it is not let in. */
    private static void askOnce(SSLContext context, int port) throws IOException {
        try (WireClient client = TlsPeer.client(context, port)) {
            client.ask(Frames.recommend(1, 10, 1));
        }
    }

    private X509Certificate shown() throws IOException {
        try (SSLSocket socket = TlsPeer.connect(trusting, server.port(), "TLSv1.3")) {
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }

    /** As certificates are renewed: beside, then in the place of the old ones. */
    private void replace(Issued by) throws IOException {
        Files.move(by.key(), own.key(), StandardCopyOption.REPLACE_EXISTING);
        Files.move(by.certificate(), own.certificate(), StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void shouldShowTheNewCertificateWhenItWasReplacedUnderOpenConnections() throws Exception {
        start(config());
        X509Certificate before = shown();
        try (WireClient open = TlsPeer.client(trusting, server.port())) {
            replace(authority.issue(folder, "renewed", Duration.ofDays(90)));
            long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (shown().equals(before)) {
                assertTrue(System.nanoTime() - endNs < 0, "never shown");
                assertEquals(Status.OK, open.ask(Frames.recommend(1, 10, 1)).status());
            }
            assertEquals(89, Math.floor(metric("certificate_days_left")));
            assertEquals(Status.OK, open.ask(Frames.recommend(1, 10, 1)).status());
        }
    }

    @Test
    void shouldKeepTheCertificateOfBeforeWhenTheNewOneIsBroken() throws Exception {
        start(config().with("tls.reloadMs", 0));
        X509Certificate before = shown();
        Files.writeString(own.certificate(), "no certificate\n");
        HttpResponse<String> told = send(trusting, "POST", "/reload", "{}");
        assertEquals(409, told.statusCode(), told.body());
        assertTrue(told.body().contains("no certificate in the file"), told.body());
        assertEquals(before, shown());
        assertEquals(1, metric("security_files_broken"));
        Issued renewed = authority.issue(folder, "renewed", Duration.ofDays(90));
        Files.copy(renewed.certificate(), own.certificate(), StandardCopyOption.REPLACE_EXISTING);
        told = send(trusting, "POST", "/reload", "{}");
        assertTrue(told.body().contains("key does not fit the certificate"), told.body());
        assertEquals(before, shown());
        replace(renewed);
        told = send(trusting, "POST", "/reload", "{}");
        assertEquals(200, told.statusCode(), told.body());
        assertEquals(0, metric("security_files_broken"));
        assertFalse(shown().equals(before));
        assertEquals(2, metric("security_reload_failures_total"));
        assertEquals(1, metric("security_reloads_total"));
    }

    @Test
    void shouldWarnWhenTheCertificateEndsSoon() throws Exception {
        List<String> said;
        try (LoggedLines log = LoggedLines.of(ServerSecurity.class)) {
            start(config());
            assertEquals(List.of(), log.lines());
            replace(authority.issue(folder, "short", Duration.ofDays(5)));
            assertEquals(200, send(trusting, "POST", "/reload", "{}").statusCode());
            // Once a day, however often the files are looked at.
            assertEquals(200, send(trusting, "POST", "/reload", "{}").statusCode());
            said = log.lines();
        }
        assertEquals(1, said.size());
        String warning = said.getFirst();
        assertTrue(warning.startsWith("certificate ends soon: notAfter="), warning);
        assertTrue(warning.endsWith(", days=4; renew it"), warning);
    }

    /** The gateway's own way in is not a way around TLS and tokens. */
    @Test
    void shouldLetNobodyInByTheDoorOfTheGateway() throws Exception {
        start(config());
        send(trusting, "GET", "/v1/ping", "");
        int inner = server.innerPort();
        assertFalse(inner == server.port());
        try (WireClient client = new WireClient(inner)) {
            assertEquals(Status.UNAUTHENTICATED, client.ask(Frames.recommend(1, 10, 1)).status());
            assertEquals(Status.UNAUTHENTICATED, client.introduce("millrace_x").status());
        }
        assertEquals(0, funnel.begun.get());
    }

    @Test
    void shouldServeOthersWhenGarbageComes() throws Exception {
        start(config().with("limits.connections", 2_000));
        SplittableRandom random = new SplittableRandom(11);
        byte[] hello = new byte[] {22, 3, 1, 0, 100, 1, 0, 0, 96, 3, 3};
        List<Socket> peers = new ArrayList<>();
        try (WireClient other = TlsPeer.client(trusting, server.port())) {
            for (int i = 0; i < 300; i++) {
                Socket peer = plain(i % 2 == 0 ? server.port() : server.adminPort());
                peers.add(peer);
                byte[] garbage = new byte[random.nextInt(2_000)];
                random.nextBytes(garbage);
                if (i % 3 == 0) {
                    System.arraycopy(hello, 0, garbage, 0, Math.min(hello.length, garbage.length));
                }
                try {
                    peer.getOutputStream().write(garbage);
                    peer.getOutputStream().flush();
                } catch (IOException e) {
                    // Closed already: that is what is wanted.
                    assertTrue(peer.isConnected());
                }
                if (i % 20 == 0) {
                    assertEquals(Status.OK, other.ask(Frames.recommend(1, 10, 1)).status());
                }
            }
            for (Socket peer : peers) {
                assertEnded(peer);
                peer.close();
            }
            assertEquals(Status.OK, other.ask(Frames.recommend(1, 10, 1)).status());
        }
        assertTrue(refusals("plain") > 100, "plain");
        assertEquals(0, server.statistics().failures());
    }

    @Test
    void shouldEndWithoutLosingAnswersWhenServerStops() throws Exception {
        start(config());
        try (WireClient client = TlsPeer.client(trusting, server.port())) {
            client.send(Frames.recommend(1, FakeFunnel.BLOCKED_USER, 2));
            while (funnel.begun.get() == 0) {
                Thread.sleep(1);
            }
            Thread stopping = Thread.ofPlatform().start(server::close);
            TimeUnit.MILLISECONDS.sleep(100);
            funnel.gate.release();
            assertEquals(Status.OK, client.result().status());
            assertTrue(client.isEnded());
            stopping.join();
        }
    }
}
