package io.millrace.server.security.tokens;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.AtomicFile;
import io.millrace.core.json.Json;
import io.millrace.core.tls.SecretFile;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The file of tokens, in JSON: <code>{"tokens": [{"name": "feed", "roles": ["WRITE"], "sha256":
 * "…"}]}</code>. It holds hashes, from which no token can be made; who may write it may let himself
 * in, so only its owner may.
 */
public final class TokenFile {
    private static final String WHAT = "tokens";

    private TokenFile() {}

    /**
     * Reads a file.
     *
     * @param file to read
     * @return its tokens
     * @throws MillraceException when it can't be read, others may read or write it, or it makes no
     *     sense
     */
    public static List<TokenEntry> read(Path file) {
        String text = SecretFile.read(WHAT, file);
        List<TokenEntry> entries = new ArrayList<>();
        try {
            JsonNode root = Json.mapper().readTree(text);
            JsonNode tokens = root.path(WHAT);
            if (!tokens.isArray() || root.size() != 1) {
                throw MillraceException.badInput(
                        "not a file of tokens: file=%s; it must be {\"tokens\": […]}", file);
            }
            for (JsonNode token : tokens) {
                entries.add(Json.mapper().treeToValue(token, TokenEntry.class));
            }
        } catch (JsonProcessingException e) {
            throw malformed(file, e);
        }
        requireDistinct(file, entries);
        return List.copyOf(entries);
    }

    /** Without the words of the parser, which may repeat what stands in the file. */
    private static MillraceException malformed(Path file, JsonProcessingException e) {
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof MillraceException own) {
                return MillraceException.badInput("%s (file=%s)", own.getMessage(), file);
            }
        }
        return MillraceException.badInput(
                "not a file of tokens: file=%s, entry or line=%d; keys are name, roles, sha256,"
                        + " requestsPerSecond, burst, roles READ, WRITE, ADMIN",
                file, e.getLocation() == null ? 0 : e.getLocation().getLineNr());
    }

    private static void requireDistinct(Path file, List<TokenEntry> entries) {
        Set<String> names = new HashSet<>();
        Set<String> hashes = new HashSet<>();
        for (TokenEntry entry : entries) {
            if (!names.add(entry.name()) || !hashes.add(entry.sha256())) {
                throw MillraceException.badInput(
                        "token given twice: file=%s, name=%s; leave one out", file, entry.name());
            }
        }
    }

    /**
     * Makes a token and adds what is to be kept of it to a file, which is made where it is missing.
     *
     * @param file of tokens
     * @param name of the token, as no other has it
     * @param roles of the token
     * @param requestsPerSecond it may ask, null for any number
     * @param burst it may ask at once, null for those of a second
     * @return the token, which is kept nowhere
     * @throws MillraceException when there is one of that name, and as {@link #read}
     */
    public static String add(
            Path file,
            String name,
            List<Role> roles,
            @Nullable Double requestsPerSecond,
            @Nullable Integer burst) {
        List<TokenEntry> entries = new ArrayList<>(Files.exists(file) ? read(file) : List.of());
        String token = TokenHash.newToken();
        String hash = TokenHash.hex(TokenHash.of(token));
        entries.add(new TokenEntry(name, roles, hash, requestsPerSecond, burst));
        requireDistinct(file, entries);
        write(file, entries);
        return token;
    }

    /**
     * Takes a token out of a file.
     *
     * @param file of tokens
     * @param name of the token
     * @throws MillraceException NOT_FOUND when there is none of that name, and as {@link #read}
     */
    public static void remove(Path file, String name) {
        List<TokenEntry> entries = new ArrayList<>(read(file));
        if (!entries.removeIf(entry -> entry.name().equals(name))) {
            throw MillraceException.of(
                    ErrorCode.NOT_FOUND,
                    "no such token: name=%s, file=%s; there are %s",
                    name,
                    file,
                    entries.stream().map(TokenEntry::name).toList());
        }
        write(file, entries);
    }

    private static void write(Path file, List<TokenEntry> entries) {
        try {
            String text =
                    Json.mapper()
                            .writerWithDefaultPrettyPrinter()
                            .writeValueAsString(new Tokens(entries));
            AtomicFile.writePrivate(file, (text + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            throw new MillraceException(ErrorCode.INTERNAL, "cannot write tokens", e);
        }
    }

    /** The whole file. */
    private record Tokens(List<TokenEntry> tokens) {}
}
