package io.millrace.cli.serve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;

import io.millrace.cli.CommandRun;
import io.millrace.client.MillraceClient;
import io.millrace.client.connection.ClientSecurity;
import io.millrace.client.message.Answer;
import io.millrace.client.message.RecommendQuery;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.tls.TestCertificates;
import io.millrace.core.tls.TestCertificates.Issued;
import io.millrace.core.wire.Status;
import io.millrace.server.MillraceServer;
import io.millrace.server.config.ServerConfig;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import picocli.CommandLine;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

/** The client and every command that talks to a server, with TLS and tokens. */
@Timeout(180)
final class GuardedServingTest {
    private static final Duration MONTH = Duration.ofDays(30);

    @TempDir private Path folder;
    private final TestCertificates authority = new TestCertificates("authority");
    private Path root;
    private Issued own;
    private Path tokens;
    private String token;
    private Path tokenFile;
    private ClientSecurity security;

    @SuppressWarnings("NullAway.Init") // Started by each test.
    private MillraceServer server;

    @BeforeEach
    void issue() throws IOException {
        root = authority.write(folder.resolve("root.pem"));
        own = authority.issue(folder, "server", MONTH);
        tokens = folder.resolve("tokens.json");
        token = newToken("all", "READ,WRITE,ADMIN");
        tokenFile = secret("token", token + "\n");
        security = ClientSecurity.NONE.trusting(root).withToken(token);
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    private String newToken(String name, String roles) {
        CommandRun made =
                run("token new --name " + name + " --role " + roles + " --tokens " + tokens);
        assertEquals(0, made.code(), made.err());
        return made.out().strip();
    }

    private Path secret(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.deleteIfExists(file);
        Files.createFile(
                file,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(file, text);
    }

    private static CommandRun run(String command) {
        return CommandRun.of(command.split(" "));
    }

    private ServerConfig config() {
        return plain().with("tls.certificate", own.certificate().toString())
                .with("tls.key", own.key().toString())
                .with("tls.reloadMs", 20)
                .with("tokens.file", tokens.toString());
    }

    private static ServerConfig plain() {
        return ServerConfig.defaults()
                .with("network.port", 0)
                .with("network.adminPort", 0)
                .with("threads.workers", 1)
                .with("limits.excluded", 60_000);
    }

    private void start(ServerConfig config) {
        server = MillraceServer.start(config, ServedClientTest.newFunnel());
    }

    private MillraceClient client(ClientSecurity how) {
        return MillraceClient.of("localhost", server.port(), Duration.ofSeconds(20), how);
    }

    private String refusal(ClientSecurity how) {
        try (MillraceClient client = client(how)) {
            MillraceException e = assertThrows(MillraceException.class, client::ping);
            assertEquals(1, e.getMessage().lines().count(), e.getMessage());
            return e.getMessage();
        }
    }

    @Test
    void shouldAnswerManyAtOnceWhenEncrypted() {
        start(config());
        try (MillraceClient client = client(security)) {
            client.ping();
            assertEquals(100, client.info(5).items());
            List<CompletableFuture<Answer>> answers = new ArrayList<>();
            for (int i = 0; i < 2_000; i++) {
                answers.add(client.async().recommend(RecommendQuery.of(i, 2)));
            }
            for (int i = 0; i < answers.size(); i++) {
                assertArrayEquals(new long[] {i, 31L * i + 7}, answers.get(i).join().itemIds());
            }
        }
    }

    /** Requests of many records, in both of which the socket is full for a while. */
    @Test
    void shouldAnswerWhenRequestsAreLongerThanAnyRecord() {
        start(config());
        List<Long> many = LongStream.range(0, 50_000).boxed().toList();
        try (MillraceClient client = client(security)) {
            List<CompletableFuture<Answer>> answers = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                answers.add(
                        client.async()
                                .recommend(
                                        new RecommendQuery(
                                                i, 2, 0, Map.of(), many, List.of(), false, false,
                                                false)));
            }
            for (int i = 0; i < answers.size(); i++) {
                assertArrayEquals(new long[] {i, 31L * i + 7}, answers.get(i).join().itemIds());
            }
        }
    }

    @Test
    void shouldSayWhyWhenThereIsNoSecureConnection() throws IOException {
        start(config());
        Path other = new TestCertificates("other").write(folder.resolve("other.pem"));
        String wrongAuthority = refusal(ClientSecurity.NONE.trusting(other).withToken(token));
        assertTrue(wrongAuthority.startsWith("no secure connection: "), wrongAuthority);
        String plain = refusal(ClientSecurity.NONE);
        assertTrue(plain.contains("this port speaks tls 1.3"), plain);
        server.close();
        start(plain());
        String toPlain = refusal(ClientSecurity.NONE.trusting(root));
        assertTrue(toPlain.startsWith("no secure connection: "), toPlain);
    }

    @Test
    void shouldVerifyTheNameWhenCertificateIsOfAnotherHost() throws IOException {
        InetAddress elsewhere = InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, 1});
        own = authority.issue(folder, "elsewhere", MONTH, elsewhere);
        start(config());
        String wrong = refusal(security);
        assertTrue(wrong.startsWith("no secure connection: "), wrong);
        CommandRun swap =
                run(
                        "swap --admin localhost:"
                                + server.adminPort()
                                + " --tls-ca "
                                + root
                                + " --token-file "
                                + tokenFile);
        assertEquals(1, swap.code(), swap.out());
        assertTrue(swap.err().contains("no admin pages of a server"), swap.err());
    }

    @Test
    void shouldTellTheTokenWhenItIsWrongOrMissing() {
        start(config());
        String wrong = refusal(ClientSecurity.NONE.trusting(root).withToken("millrace_wrong"));
        assertTrue(wrong.contains("status=UNAUTHENTICATED, message=token not known"), wrong);
        String none = refusal(ClientSecurity.NONE.trusting(root));
        assertTrue(none.contains("status=UNAUTHENTICATED, message=no token given"), none);
    }

    @Test
    void shouldTellTheRoleWhenItIsMissing() {
        String writer = newToken("writer", "write");
        start(config());
        try (MillraceClient client = client(ClientSecurity.NONE.trusting(root).withToken(writer))) {
            client.ping();
            assertEquals(Status.FORBIDDEN, client.recommend(1, 2).status());
        }
    }

    @Test
    void shouldKeepTheTokenInTheMachineWhenNothingIsEncrypted() throws IOException {
        InetAddress elsewhere = InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, 1});
        ClientSecurity plain = ClientSecurity.NONE.withToken(token);
        MillraceException e =
                assertThrows(MillraceException.class, () -> plain.tokenFor(elsewhere));
        assertEquals(ErrorCode.USAGE, e.code());
        assertFalse(e.getMessage().contains(token));
        assertEquals(token, security.tokenFor(elsewhere));
        assertEquals(token, plain.tokenFor(InetAddress.getLoopbackAddress()));
        assertEquals("tls, with a token", security.toString());
        start(plain().with("tokens.file", tokens.toString()));
        try (MillraceClient client = client(plain)) {
            assertTrue(client.recommend(1, 2).isOk());
        }
    }

    @Test
    void shouldShowItsCertificateWhenServerWantsOne() throws IOException {
        Issued mine = authority.issue(folder, "client", MONTH);
        start(config().with("tls.clients", root.toString()));
        ClientSecurity mutual =
                ClientSecurity.NONE.trusting(root, mine.certificate(), mine.key()).withToken(token);
        try (MillraceClient client = client(mutual)) {
            assertTrue(client.recommend(1, 2).isOk());
        }
        String without = refusal(security);
        assertTrue(without.startsWith("no secure connection: "), without);
        CommandRun asked =
                run(
                        query("recommend --user 5 --k 2")
                                + " --tls-certificate "
                                + mine.certificate()
                                + " --tls-key "
                                + mine.key());
        assertEquals(0, asked.code(), asked.err());
    }

    @Test
    void shouldComeBackWhenServerWasStartedAgainWithAnotherCertificate() throws Exception {
        start(config());
        int port = server.port();
        try (MillraceClient client = client(security)) {
            assertTrue(client.recommend(1, 2).isOk());
            server.close();
            Issued renewed = authority.issue(folder, "renewed", MONTH);
            Files.move(renewed.key(), own.key(), StandardCopyOption.REPLACE_EXISTING);
            Files.move(
                    renewed.certificate(), own.certificate(), StandardCopyOption.REPLACE_EXISTING);
            start(config().with("network.port", port));
            long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            boolean isBack = false;
            while (!isBack) {
                assertTrue(System.nanoTime() - endNs < 0, "never came back");
                try {
                    isBack = client.recommend(1, 2).isOk();
                } catch (MillraceException e) {
                    TimeUnit.MILLISECONDS.sleep(20);
                }
            }
        }
    }

    private String guarded() {
        return " --tls-ca " + root + " --token-file " + tokenFile;
    }

    private String query(String what) {
        return "query " + what + " --target localhost:" + server.port() + guarded();
    }

    @Test
    void shouldAskByEveryCommandWhenGuarded() throws IOException {
        start(config());
        CommandRun asked = run(query("recommend --user 5 --k 2"));
        assertEquals(0, asked.code(), asked.err());
        assertTrue(asked.out().contains("162"), asked.out());
        CommandRun told = run(query("feedback --user 5 --click 3"));
        assertEquals(0, told.code(), told.err());
        CommandRun load =
                run(
                        "load --progress none --rate 200 --seconds 1 --warmup 0.2 --k 2 --target"
                                + " localhost:"
                                + server.port()
                                + " --admin localhost:"
                                + server.adminPort()
                                + " --json "
                                + folder.resolve("load.json")
                                + guarded());
        assertEquals(0, load.code(), load.err() + load.out());
        CommandRun refused =
                run("swap --admin localhost:" + server.adminPort() + " --tls-ca " + root);
        assertEquals(1, refused.code());
        assertTrue(refused.err().contains("status=401"), refused.err());
        CommandRun swap = run("swap --admin localhost:" + server.adminPort() + guarded());
        // Let in: what is served is no bundle.
        assertTrue(swap.err().contains("no bundle is served"), swap.err());
    }

    @Test
    void shouldKeepTokensOutOfEverythingThatIsToldWhenUsed() throws Exception {
        Logger all = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        Level before = all.getLevel();
        ListAppender<ILoggingEvent> logged = new ListAppender<>();
        logged.start();
        all.addAppender(logged);
        all.setLevel(Level.TRACE);
        StringBuilder told = new StringBuilder();
        String wrong = "millrace_" + "W".repeat(43);
        try {
            start(config().with("log.folder", folder.resolve("impressions").toString()));
            Path wrongFile = secret("wrong", wrong + "\n");
            for (Path file : List.of(tokenFile, wrongFile)) {
                String how = " --tls-ca " + root + " --token-file " + file;
                for (String page :
                        List.of("/config", "/stats?histograms=1", "/metrics", "/nothing")) {
                    told.append(page(page, Files.readString(file).strip()));
                }
                CommandRun asked =
                        run("query recommend --user 5 --target localhost:" + server.port() + how);
                told.append(asked.out()).append(asked.err());
                CommandRun swap = run("swap --admin localhost:" + server.adminPort() + how);
                told.append(swap.out()).append(swap.err());
            }
            Files.writeString(tokens, Files.readString(tokens).replace("READ", token));
            TimeUnit.MILLISECONDS.sleep(200);
            told.append(run("token list --tokens " + tokens).err());
        } finally {
            all.detachAppender(logged);
            all.setLevel(before);
        }
        for (ILoggingEvent event : List.copyOf(logged.list)) {
            told.append(event.getFormattedMessage()).append('\n');
            if (event.getThrowableProxy() != null) {
                told.append(ThrowableProxyUtil.asString(event.getThrowableProxy()));
            }
        }
        told.append(server.config());
        assertTrue(told.length() > 10_000, "little was told: " + told.length());
        String hash =
                Files.readString(tokens).replaceAll("(?s).*\"sha256\" : \"([0-9a-f]+)\".*", "$1");
        assertEquals(64, hash.length(), hash);
        for (String secret : List.of(token, wrong, hash)) {
            assertFalse(told.toString().contains(secret), "told: " + secret);
        }
    }

    private String page(String path, String shown) throws Exception {
        try (HttpClient http = HttpClient.newBuilder().sslContext(security.tls()).build()) {
            return http.send(
                            HttpRequest.newBuilder(
                                            URI.create(
                                                    "https://localhost:"
                                                            + server.adminPort()
                                                            + path))
                                    .header("authorization", "Bearer " + shown)
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    @Test
    void shouldKeepTheFileOfTokensWhenCommandsChangeIt() throws IOException {
        assertTrue(token.matches("millrace_[A-Za-z0-9_-]{43}"), token);
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(tokens)));
        assertFalse(Files.readString(tokens).contains(token));
        CommandRun twice = run("token new --name all --role read --tokens " + tokens);
        assertEquals(1, twice.code());
        assertTrue(twice.err().contains("token given twice: "), twice.err());
        CommandRun made =
                run("token new --name app --role read --rate 5 --burst 9 --tokens " + tokens);
        assertEquals(0, made.code(), made.err());
        CommandRun list = run("token list --tokens " + tokens);
        assertTrue(list.out().contains("READ,WRITE,ADMIN"), list.out());
        assertTrue(list.out().contains("5.0/s"), list.out());
        assertEquals(0, run("token remove --name all --tokens " + tokens).code());
        assertFalse(run("token list --tokens " + tokens).out().contains("ADMIN"));
        CommandRun missing = run("token remove --name all --tokens " + tokens);
        assertEquals(1, missing.code());
        assertTrue(missing.err().contains("no such token: name=all"), missing.err());
        assertEquals(2, run("token list").code());
        assertEquals(2, run("token").code());
        CommandRun burst = run("token new --name b --role read --burst 9 --tokens " + tokens);
        assertTrue(burst.err().contains("give requestsPerSecond"), burst.err());
    }

    @Test
    void shouldTakeTheTokenOfTheEnvironmentWhenNoFileIsNamed() throws IOException {
        SecurityOptions options = new SecurityOptions();
        InetAddress here = InetAddress.getLoopbackAddress();
        assertEquals("abc", options.security("abc").tokenFor(here));
        assertEquals(null, options.security(" ").tokenFor(here));
        assertEquals(null, options.security(null).tokenFor(here));
        CommandLine.populateCommand(options, "--token-file", tokenFile.toString());
        assertEquals(token, options.security("abc").tokenFor(here));
    }
}
