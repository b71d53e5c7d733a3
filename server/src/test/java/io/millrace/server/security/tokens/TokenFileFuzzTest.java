package io.millrace.server.security.tokens;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.fuzz.Fuzzing;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

final class TokenFileFuzzTest {
    @TempDir private Path folder;

    @Test
    void shouldReadOrRefuseWhenBytesAreChanged() throws IOException {
        Path file =
                Files.createFile(
                        folder.resolve("tokens.json"),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        String plain = "{'name': 'app', 'roles': ['READ'], 'sha256': '" + "ab".repeat(32) + "'}";
        String limited =
                "{'name': 'all', 'roles': ['READ', 'WRITE', 'ADMIN'], 'requestsPerSecond': 5.5,"
                        + " 'burst': 9, 'sha256': '"
                        + "cd".repeat(32)
                        + "'}";
        Fuzzing.of("tokens")
                .seeds(tokens(plain), tokens(limited), tokens(plain + ", " + limited))
                .words("READ", "WRITE", "null", "1e999", "-1", "[", "]", "{", "}", ",", "\"")
                .run(
                        input -> {
                            Files.write(file, input);
                            for (TokenEntry entry : TokenFile.read(file)) {
                                assertTrue(entry.roleBits() > 0);
                            }
                        });
    }

    private static String tokens(String entries) {
        return ("{'tokens': [" + entries + "]}").replace('\'', '"');
    }
}
