package io.millrace.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

final class ConfigFileTest {
    @TempDir private Path folder;

    @Test
    void shouldSayTheSameInBothForms() throws IOException {
        String yaml =
                """
                # What this machine serves.
                bundle: /data/bundle
                network: {port: 9000, allowRemote: true}
                threads:
                  idle: spin      # it has cores to spare
                funnel:
                  recall: 0.95
                """;
        ServerConfig expected =
                ServerConfig.defaults()
                        .with("bundle", "/data/bundle")
                        .with("network.port", 9_000)
                        .with("network.allowRemote", true)
                        .with("threads.idle", "spin")
                        .with("funnel.recall", 0.95);
        assertEquals(expected, ServerConfig.read(write("server.yaml", yaml)));
        assertEquals(expected, ServerConfig.read(write("server.YML", yaml)));
        assertEquals(ServerConfig.defaults(), ServerConfig.read(write("none.yaml", "# none\n")));
        MillraceException e =
                assertThrows(
                        MillraceException.class,
                        () -> ServerConfig.read(write("server.json", yaml)));
        assertTrue(e.getMessage().startsWith("configuration is not json"), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "limits: {inflight: 7} | unknown key: key=limits.inflight, nearest=limits.inFlight",
                "limits: {k: 0} | value out of range: limits.k=0",
                "limits: {k: [} | configuration is not yaml",
                "limits: {k: 5, k: 6} | configuration is not yaml",
                "limits | configuration is not a json object",
                "[1, 2] | configuration is not a json object"
            })
    void shouldRefuseInYamlWhatIsRefusedInJson(String text, String said) throws IOException {
        Path file = write("bad.yaml", text + "\n");
        MillraceException e = assertThrows(MillraceException.class, () -> ServerConfig.read(file));
        boolean isRange = said.startsWith("value out of range");
        assertEquals(isRange ? ErrorCode.USAGE : ErrorCode.BAD_INPUT, e.code());
        assertTrue(e.getMessage().startsWith(said), e.getMessage());
        assertTrue(e.getMessage().contains("bad.yaml"), e.getMessage());
    }

    @Test
    void shouldRefuseAliasesThatGrowWithoutEnd() throws IOException {
        StringBuilder text = new StringBuilder("bundle: &a0 [x, x]\n");
        for (int i = 1; i < 60; i++) {
            text.append("k").append(i).append(": &a").append(i).append(" [");
            text.append("*a").append(i - 1).append(", *a").append(i - 1).append("]\n");
        }
        Path file = write("bomb.yaml", text.toString());
        MillraceException e = assertThrows(MillraceException.class, () -> ServerConfig.read(file));
        assertEquals(ErrorCode.BAD_INPUT, e.code());
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }
}
