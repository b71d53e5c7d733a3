package io.millrace.server.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.tls.TestCertificates;
import io.millrace.core.tls.TestCertificates.Issued;
import io.millrace.core.wire.Status;
import io.millrace.server.AllocatedBytes;
import io.millrace.server.FakeFunnel;
import io.millrace.server.Frames;
import io.millrace.server.MillraceServer;
import io.millrace.server.TestServers;
import io.millrace.server.WireClient;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.security.tokens.Role;
import io.millrace.server.security.tokens.TokenFile;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** What a request costs in heap where callers are known, and where they are encrypted. */
@Timeout(120)
class SecurityAllocationTest {
    private static final int ROUNDS = 2_000;
    private static final int FRAMES = 4;

    private static final byte[] BATCH =
            Frames.join(
                    Frames.recommend(1, 10, 10, 5, 6, 7),
                    Frames.similar(2, 20, 10, true, 1),
                    Frames.ping(3),
                    Frames.delete(4, 5));

    /** The JDK's engine makes objects for each record; they were 3,272 bytes a request. */
    private static final long MOST_ENCRYPTED_BYTES = 4_500;

    @TempDir private Path folder;
    private Path tokens;
    private String limited;

    @BeforeEach
    void makeTokens() {
        tokens = folder.resolve("tokens.json");
        limited = TokenFile.add(tokens, "limited", List.of(Role.READ), 1_000.0, 1_000);
    }

    /** Requests that are let in, that lack a role, and that are above the rate. */
    @Test
    void shouldAllocateNothingWhenCallersAreKnownByTokens() throws IOException {
        ServerConfig config = TestServers.config().with("tokens.file", tokens.toString());
        try (MillraceServer server = MillraceServer.start(config, new FakeFunnel());
                WireClient client = new WireClient(server.port())) {
            assertEquals(Status.OK, client.introduce(limited).status());
            assertEquals(0, AllocatedBytes.least(server, client, BATCH, FRAMES, ROUNDS, 0));
            assertTrue(server.statistics().count(Status.OK) > 0);
            assertTrue(server.statistics().count(Status.FORBIDDEN) > 0);
            assertTrue(server.statistics().count(Status.RATE_LIMITED) > 0);
        }
    }

    @Test
    void shouldAllocateNothingWhenStrangersAreRefused() throws IOException {
        ServerConfig config = TestServers.config().with("tokens.file", tokens.toString());
        try (MillraceServer server = MillraceServer.start(config, new FakeFunnel());
                WireClient client = new WireClient(server.port())) {
            assertEquals(0, AllocatedBytes.least(server, client, BATCH, FRAMES, ROUNDS, 0));
            assertEquals(0, server.statistics().count(Status.OK));
        }
    }

    @Test
    void shouldAllocateLittleWhenEncrypted() throws IOException {
        TestCertificates authority = new TestCertificates("authority");
        Issued own = authority.issue(folder, "server", Duration.ofDays(2));
        Path root = authority.write(folder.resolve("root.pem"));
        ServerConfig config =
                TestServers.config()
                        .with("tls.certificate", own.certificate().toString())
                        .with("tls.key", own.key().toString());
        byte[] one = Frames.recommend(1, 10, 10);
        long goal = MOST_ENCRYPTED_BYTES * ROUNDS;
        try (MillraceServer server = MillraceServer.start(config, new FakeFunnel());
                WireClient client = TlsPeer.client(TlsPeer.context(root, null), server.port())) {
            long bytes = AllocatedBytes.least(server, client, one, 1, ROUNDS, goal);
            assertTrue(bytes <= goal, "bytes a request: " + bytes / ROUNDS);
        }
    }
}
