package io.millrace.server.config;

import com.fasterxml.jackson.core.JsonProcessingException;

import io.millrace.core.fuzz.Fuzzing;
import io.millrace.core.json.Json;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;

final class ServerConfigFuzzTest {
    @TempDir private Path folder;

    @Test
    void shouldReadOrRefuseWhenBytesAreChanged() throws JsonProcessingException {
        Path file = folder.resolve("server.json");
        Fuzzing.of("config")
                .seeds(
                        Json.mapper().writeValueAsString(ServerConfig.defaults()),
                        "{\"network\": {\"port\": 0}, \"limits\": {\"k\": 50}}")
                .words("{", "}", "[", "]", ",", ":", "\"", "null", "0", "-1", "1e400", "true", "{}")
                .words("\"limits\": null,", "\"threads\": [],", "99999999999", "0.5", "\"x\": 1,")
                .run(input -> ServerConfig.read(Files.write(file, input)));
    }

    @Test
    void shouldReadOrRefuseYamlWhenBytesAreChanged() {
        Path file = folder.resolve("server.yaml");
        Fuzzing.of("config")
                .seeds(
                        "network: {port: 0}\nlimits:\n  k: 50\n",
                        "changes: &a {enabled: true}\nbundle: |\n  x\n")
                .words(
                        ": ", "- ", "\n  ", "&a ", "*a", "<<: ", "|", ">", "? ", "!!int ", "#",
                        "---")
                .words(
                        "{",
                        "}",
                        "[",
                        "]",
                        "\"",
                        "'",
                        "null",
                        "0x1F",
                        "1e400",
                        ".nan",
                        "yes",
                        "2026-01-01")
                .run(input -> ServerConfig.read(Files.write(file, input)));
    }
}
