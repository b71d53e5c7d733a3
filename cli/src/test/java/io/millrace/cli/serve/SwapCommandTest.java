package io.millrace.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.cli.CommandRun;
import io.millrace.core.json.Json;
import io.millrace.server.MillraceServer;
import io.millrace.server.config.ServerConfig;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;

/** Commands that change the bundle of a server, on two bundles of one small world. */
final class SwapCommandTest {
    @TempDir private Path folder;
    private MillraceServer server;

    @BeforeEach
    void serve() {
        run("simulate", "--users", "50", "--items", "200", "--out", at("world"));
        run("train", "--dataset", at("world"), "--out", at("models"), "--tower-epochs", "1");
        for (int links : new int[] {8, 16}) {
            run(
                    "build",
                    "--dataset",
                    at("world"),
                    "--models",
                    at("models"),
                    "--max-connections",
                    "" + links,
                    "--out",
                    at("bundle" + links));
        }
        server =
                MillraceServer.start(
                        ServerConfig.defaults()
                                .with("bundle", at("bundle8"))
                                .with("network.port", 0)
                                .with("network.adminPort", 0)
                                .with("funnel.warmUpRequests", 0));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String at(String name) {
        return folder.resolve(name).toString();
    }

    private static void run(String... arguments) {
        CommandRun run = CommandRun.of(arguments);
        assertEquals(0, run.code(), run.err());
    }

    private CommandRun swap(String arguments) {
        String admin = "127.0.0.1:" + server.adminPort();
        return CommandRun.of(
                ("swap --progress none --admin " + admin + " " + arguments).split(" "));
    }

    @Test
    void shouldServeTheBundleThatIsNamedAndTheOneBefore() throws IOException {
        long first = server.catalogue().fingerprint();
        CommandRun run = swap("--bundle " + at("bundle16") + " --json " + at("swap.json"));
        assertEquals(0, run.code(), run.err());
        assertTrue(run.out().contains(at("bundle16")), run.out());
        long second = server.catalogue().fingerprint();
        assertNotEquals(first, second);
        JsonNode figures = Json.mapper().readTree(folder.resolve("swap.json").toFile());
        assertEquals(String.format("%016x", second), figures.get("fingerprint").asText());
        assertEquals(1, figures.get("swaps").asInt());
        assertTrue(figures.get("seconds").asDouble() > 0);
        run = swap("--rollback");
        assertEquals(0, run.code(), run.err());
        assertEquals(first, server.catalogue().fingerprint());
        run = swap("");
        assertTrue(run.out().contains(at("bundle8")), run.out());
        assertTrue(run.out().contains(at("bundle16")), run.out());
    }

    private CommandRun ask(String command) {
        String admin = "127.0.0.1:" + server.adminPort();
        return CommandRun.of((command + " --progress none --admin " + admin).split(" "));
    }

    @Test
    void shouldWriteSnapshotsAndGoBackToThem() throws IOException {
        CommandRun run = ask("snapshot --name one --json " + at("snapshot.json"));
        assertEquals(0, run.code(), run.err());
        JsonNode taken = Json.mapper().readTree(folder.resolve("snapshot.json").toFile());
        Path snapshot = Path.of(taken.get("directory").asText());
        assertEquals("one", snapshot.getFileName().toString());
        assertTrue(taken.get("bytes").asLong() > 0);
        run = ask("snapshot --name one");
        assertEquals(1, run.code());
        assertTrue(run.err().contains("a snapshot of that name is there"), run.err());
        run = ask("snapshot");
        assertEquals(0, run.code(), run.err());
        run = ask("restore --name one --json " + at("restore.json"));
        assertEquals(0, run.code(), run.err());
        JsonNode restored = Json.mapper().readTree(folder.resolve("restore.json").toFile());
        assertEquals(0, restored.get("dropped").asInt());
        run = ask("restore --name none");
        assertEquals(1, run.code());
        assertTrue(run.err().contains("not restored, the state before goes on"), run.err());
        String stopped = "restore --snapshot " + snapshot + " --state ";
        run = CommandRun.of((stopped + at("bundle8.state")).split(" "));
        assertEquals(1, run.code());
        assertTrue(run.err().contains("a server has the state open"), run.err());
        run = CommandRun.of((stopped + at("elsewhere")).split(" "));
        assertEquals(0, run.code(), run.err());
        assertTrue(run.out().contains(at("elsewhere")), run.out());
        for (String wrong : new String[] {"restore", "restore --name one --state x"}) {
            assertEquals(2, CommandRun.of(wrong.split(" ")).code());
        }
    }

    @Test
    void shouldSayWhyWhenNoOtherBundleIsServed() {
        CommandRun run = swap("--rollback");
        assertEquals(1, run.code());
        assertTrue(run.err().contains("no bundle was served before this one"), run.err());
        run = swap("--bundle " + at("none"));
        assertEquals(1, run.code());
        assertTrue(run.err().contains("not served, the bundle before goes on"), run.err());
        assertTrue(run.err().contains(at("none")), run.err());
        assertEquals(2, swap("--rollback --bundle other").code());
        run = CommandRun.of("swap", "--admin", "127.0.0.1:1");
        assertEquals(1, run.code());
        assertTrue(run.err().contains("no admin pages of a server: --admin=127.0.0.1:1"));
    }
}
