package io.millrace.server.security.tokens;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;

class TokenFileTest {
    private static final String HASH = "ab".repeat(32);
    private static final String ENTRY =
            "{\"name\": \"app\", \"roles\": [\"READ\"], \"sha256\": \"" + HASH + "\"}";

    @TempDir private Path folder;
    private Path file;

    @BeforeEach
    void make() throws IOException {
        file = folder.resolve("tokens.json");
        Files.createFile(
                file,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    private String refusal(String content) throws IOException {
        Files.writeString(file, content);
        MillraceException e =
                assertThrows(MillraceException.class, () -> TokenFile.read(file), content);
        assertEquals(ErrorCode.BAD_INPUT, e.code());
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
        assertFalse(e.getMessage().contains("abab"), e.getMessage());
        return e.getMessage();
    }

    @Test
    void shouldKeepTheHashAndNotTheTokenWhenOneIsMade() throws Exception {
        Files.delete(file);
        String token = TokenFile.add(file, "app", List.of(Role.READ, Role.WRITE), 2.5, null);
        String other = TokenFile.add(file, "other", List.of(Role.ADMIN), null, null);
        assertNotEquals(token, other);
        List<TokenEntry> entries = TokenFile.read(file);
        assertEquals(2, entries.size());
        assertEquals(List.of(Role.READ, Role.WRITE), entries.getFirst().roles());
        assertEquals(2.5, entries.getFirst().requestsPerSecond());
        assertEquals(3, entries.getFirst().burstOf(2.5));
        byte[] hash =
                MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        assertEquals(HexFormat.of().formatHex(hash), entries.getFirst().sha256());
        assertFalse(Files.readString(file).contains(token));
        assertFalse(entries.toString().contains(entries.getFirst().sha256()));
        TokenFile.remove(file, "app");
        assertEquals(
                List.of("other"), TokenFile.read(file).stream().map(TokenEntry::name).toList());
        TokenFile.remove(file, "other");
        assertEquals(List.of(), TokenFile.read(file));
    }

    @Test
    void shouldRefuseWhenFileIsNoneOfTokens() throws IOException {
        String form = "not a file of tokens: file=" + file;
        for (String content :
                List.of(
                        "",
                        "{}",
                        "[]",
                        "{\"tokens\": 3}",
                        "{\"tokens\": [], \"more\": 1}",
                        "{\"tokens\": [\"" + HASH + "\"]}",
                        "{\"tokens\": [" + ENTRY + "]",
                        "abab" + HASH,
                        "{\"tokens\": [" + ENTRY.replace("READ", HASH) + "]}",
                        "{\"tokens\": [" + ENTRY.replace("{", "{\"" + HASH + "\": 1, ") + "]}")) {
            assertTrue(refusal(content).startsWith(form), content);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"name\": \"app\"  | \"name\": \"a b\"  | bad name of a token: name=a b",
                "\"name\": \"app\", | ''                 | bad name of a token: name=null",
                "[\"READ\"]         | []                 | token without a role: name=app",
                "\"sha256\": \"ab   | \"sha256\": \"AB   | bad hash of a token: name=app",
                "\"sha256\": \"ab   | \"sha256\": \"     | bad hash of a token: name=app",
                "\"sha256\"         | \"burst\": 2, \"sha256\" | bad burst: name=app, burst=2",
                "\"sha256\" | \"requestsPerSecond\": 0, \"sha256\" | out of range: name=app",
                "\"sha256\" | \"requestsPerSecond\": 1, \"burst\": 0, \"sha256\" | bad burst:"
                        + " name=app"
            })
    void shouldNameTheTokenWhenItMakesNoSense(String from, String to, String message)
            throws IOException {
        String changed = ENTRY.replace(from, to);
        assertNotEquals(ENTRY, changed);
        String told = refusal("{\"tokens\": [" + changed + "]}");
        assertTrue(told.startsWith(message), told);
    }

    @Test
    void shouldRefuseWhenNameOrTokenIsGivenTwice() throws IOException {
        String renamed = ENTRY.replace("app", "two");
        String rehashed = ENTRY.replace("abab", "cdcd");
        for (String second : List.of(ENTRY, renamed, rehashed)) {
            String told = refusal("{\"tokens\": [" + ENTRY + ", " + second + "]}");
            assertTrue(told.startsWith("token given twice: "), told);
        }
        Files.writeString(
                file,
                "{\"tokens\": ["
                        + ENTRY
                        + ", "
                        + ENTRY.replace("app", "two").replace("abab", "cdcd")
                        + "]}");
        assertEquals(2, TokenFile.read(file).size());
    }
}
