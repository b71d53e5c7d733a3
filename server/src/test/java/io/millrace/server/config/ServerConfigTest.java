package io.millrace.server.config;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.json.Json;
import io.millrace.server.config.ServerConfig.Idle;
import io.millrace.server.config.ServerConfig.TransportChoice;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

class ServerConfigTest {
    @TempDir Path folder;

    @Test
    void shouldTakeDefaultsWhenNothingIsGiven() {
        assertEquals(ServerConfig.defaults(), ServerConfig.parse("{}", "test"));
    }

    @ParameterizedTest
    @CsvSource({"park, 0", "backoff, 0", "spin, 1", "yield, 1"})
    void shouldLeaveAProcessorToTheEventLoopWhereWorkersKeepTheirs(String idle, int left) {
        int processors = Runtime.getRuntime().availableProcessors();
        ServerConfig config = ServerConfig.defaults().with("threads.idle", idle);
        assertEquals(Math.max(1, processors - left), config.threads().workersToStart());
        assertEquals(7, config.with("threads.workers", 7).threads().workersToStart());
    }

    @Test
    void shouldTakeAWorkerForEachProcessorThatEventLoopsLeave() {
        ServerConfig config =
                ServerConfig.defaults()
                        .with("threads.io", 2)
                        .with("threads.processors", "4-6, 1,4");
        assertArrayEquals(new int[] {4, 5, 6, 1, 4}, config.threads().processorNumbers());
        assertEquals(3, config.threads().workersToStart());
        assertEquals(3, config.with("threads.workers", 3).threads().workersToStart());
        assertEquals(0, ServerConfig.defaults().threads().processorNumbers().length);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0, all | not a list of processors",
                "3-1 | not a list of processors",
                "1,,2 | not a list of processors",
                "-1 | not a list of processors",
                "0-99999 | not a list of processors",
                "0-1024 | not a list of processors",
                "0 | not one processor for each thread: threads.processors=0, threads.io=1,"
            })
    void shouldRefuseProcessorsThatAreNone(String list, String message) {
        MillraceException e =
                assertThrows(
                        MillraceException.class,
                        () -> ServerConfig.defaults().with("threads.processors", list));
        assertTrue(e.getMessage().startsWith(message), e.getMessage());
    }

    @Test
    void shouldRefuseAnotherNumberOfProcessorsThanOfThreads() {
        ServerConfig config = ServerConfig.defaults().with("threads.workers", 2);
        MillraceException e =
                assertThrows(
                        MillraceException.class, () -> config.with("threads.processors", "0-3"));
        assertTrue(e.getMessage().contains("; name 3 "), e.getMessage());
    }

    @Test
    void shouldComeBackEqualWhenWrittenAndRead() throws JsonProcessingException {
        ServerConfig config = ServerConfig.defaults().with("bundle", "b").with("threads.io", 3);
        String json = Json.mapper().writeValueAsString(config);
        assertEquals(config, ServerConfig.parse(json, "test"));
        assertTrue(json.contains("\"idle\" : \"park\""), json);
    }

    @Test
    void shouldKeepDefaultsWhenSomeKeysAreGiven() throws IOException {
        Path file = folder.resolve("server.json");
        Files.writeString(
                file,
                """
                {
                  "bundle": "/data/bundle",
                  "network": { "port": 9000, "transport": "nio" },
                  "threads": { "idle": "spin" }
                }
                """);
        ServerConfig config = ServerConfig.read(file);
        assertEquals(9000, config.network().port());
        assertEquals(TransportChoice.NIO, config.network().transport());
        assertEquals(7312, config.network().adminPort());
        assertEquals("127.0.0.1", config.network().host());
        assertEquals(Idle.SPIN, config.threads().idle());
        assertEquals(Path.of("/data/bundle"), config.bundleDirectory());
        assertEquals(Path.of("/data/bundle.state"), config.stateDirectory());
        assertEquals(Path.of("/elsewhere"), config.with("state", "/elsewhere").stateDirectory());
    }

    @ParameterizedTest
    @CsvSource({
        "port, network.port",
        "network.prot, network.port",
        "network.adminport, network.adminPort",
        "limits.inflight, limits.inFlight",
        "limits.maxConnections, limits.connections",
        "funnel.ef_search, funnel.efSearch",
        "bundel, bundle",
        "log.foldr, log.folder",
        "netwrok.port, network"
    })
    void shouldNameTheNearestKeyWhenOneIsUnknown(String key, String nearest) {
        MillraceException e =
                assertThrows(MillraceException.class, () -> ServerConfig.defaults().with(key, 1));
        assertEquals(ErrorCode.BAD_INPUT, e.code());
        String first = key.startsWith("netwrok") ? "netwrok" : key;
        assertTrue(
                e.getMessage()
                        .startsWith("unknown key: key=" + first + ", nearest=" + nearest + ", "),
                e.getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"network\":{\"port\":70000}} | value out of range: network.port=70000, limit=0"
                        + " to 65535; change it (test)",
                "{\"limits\":{\"k\":0}} | value out of range: limits.k=0, limit=1 to 4096; change"
                        + " it (test)",
                "{\"limits\":{\"writeLowBytes\":70000}} | value out of range:"
                        + " limits.writeLowBytes=70000, limit=512 to 65536; change it (test)",
                "{\"funnel\":{\"recall\":1.5}} | value out of range: funnel.recall=1.5, limit=0.0"
                        + " to 1.0; change it (test)",
                "{\"funnel\":{\"recallCheckMs\":-1}} | value out of range:"
                        + " funnel.recallCheckMs=-1, limit=0 to 3600000; change it (test)",
                "{\"funnel\":{\"efSearch\":600,\"recall\":0.9}} | a breadth and a recall to choose"
                        + " it by: funnel.efSearch=600, funnel.recall=0.9; leave one out (test)",
                "{\"log\":{\"share\":2}} | value out of range: log.share=2.0, limit=0.0 to 1.0;"
                        + " change it (test)",
                "{\"log\":{\"bufferBytes\":100000}} | not a power of two:"
                        + " log.bufferBytes=100000; take 65536 (test)",
                "{\"log\":{\"totalBytes\":70000}} | value out of range: log.totalBytes=70000,"
                        + " limit=67108864 to 9223372036854775807; change it (test)",
                "{\"network\":7} | not a json object: key=network, test; write { \"key\": value }",
                "[] | configuration is not a json object: test; write { \"key\": value }",
            })
    void shouldSayWhatIsWrongWhenValueIsBad(String json, String message) {
        MillraceException e =
                assertThrows(MillraceException.class, () -> ServerConfig.parse(json, "test"));
        assertEquals(message, e.getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"threads\":{\"idle\":\"sleep\"}} | spin",
                "{\"network\":{\"port\":\"x\"}} | int",
                "{\"network\":{\"port\":null}} | null",
                "{ nonsense | line=1",
                "{\"state\":1} {} | test"
            })
    void shouldSayInOneLineWhenTextIsBroken(String json, String part) {
        MillraceException e =
                assertThrows(MillraceException.class, () -> ServerConfig.parse(json, "test"));
        assertEquals(ErrorCode.BAD_INPUT, e.code());
        assertEquals(1, e.getMessage().lines().count());
        assertTrue(e.getMessage().contains(part), e.getMessage());
    }

    @Test
    void shouldSayNoBundleWhenNoneIsGiven() {
        MillraceException e =
                assertThrows(
                        MillraceException.class, () -> ServerConfig.defaults().bundleDirectory());
        assertEquals(ErrorCode.USAGE, e.code());
    }

    @Test
    void shouldBeDescribedWhenKeyExists() throws IOException {
        String page = Files.readString(Path.of("../docs/configuration.md"));
        assertDescribed(page, "", Json.mapper().valueToTree(ServerConfig.defaults()));
    }

    private static void assertDescribed(String page, String prefix, JsonNode node) {
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            String key = prefix + entry.getKey();
            if (entry.getValue().isObject()) {
                assertDescribed(page, key + ".", entry.getValue());
            } else {
                String value = entry.getValue().asText();
                String row = "| `" + key + "` | ";
                assertTrue(page.contains(row), key);
                boolean hasValue =
                        entry.getValue().isNull()
                                || page.contains(row + value + " |")
                                || page.contains(row + "`" + value + "` |");
                assertTrue(hasValue, key + " has another default: " + value);
            }
        }
    }
}
