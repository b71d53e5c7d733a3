package io.millrace.core.json;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.AtomicFile;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;

/**
 * Strict JSON: unknown and doubled keys are errors, a missing number is an error, and the message
 * names file, line and key.
 *
 * <p>Threading: any thread.
 */
public final class Json {
    private static final ObjectMapper MAPPER =
            JsonMapper.builder()
                    // What a record answers about itself is not part of what it holds.
                    .disable(MapperFeature.AUTO_DETECT_IS_GETTERS)
                    .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
                    .defaultPropertyInclusion(
                            JsonInclude.Value.construct(
                                    JsonInclude.Include.NON_ABSENT, JsonInclude.Include.ALWAYS))
                    .build();

    private Json() {}

    /**
     * The mapper behind this class, for trees and for texts.
     *
     * @return the shared, strict mapper; must not be reconfigured.
     */
    public static ObjectMapper mapper() {
        return MAPPER;
    }

    /**
     * Reads a whole file.
     *
     * @param path the file.
     * @param type what it holds.
     * @param <T> what it holds.
     * @return the value.
     * @throws MillraceException when the file is missing, not JSON, or not of that type.
     */
    public static <T> T read(Path path, Class<T> type) {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(path);
        } catch (IOException e) {
            throw MillraceException.io("read " + type.getSimpleName(), path, e);
        }
        try {
            T value = MAPPER.readValue(bytes, type);
            if (value == null) {
                throw MillraceException.badInput("empty json: file=%s; write an object", path);
            }
            return value;
        } catch (JsonMappingException e) {
            if (findOwn(e) instanceof MillraceException own) {
                throw new MillraceException(own.code(), own.getMessage() + ", file=" + path, e);
            }
            throw broken(path, e);
        } catch (JacksonException e) {
            throw broken(path, e);
        } catch (IOException e) {
            throw MillraceException.io("read " + type.getSimpleName(), path, e);
        }
    }

    /**
     * Writes a whole file, or leaves what was there.
     *
     * @param path the file.
     * @param value what to write; map keys are sorted, so the same value gives the same bytes.
     */
    public static void writeAtomically(Path path, Object value) {
        try {
            AtomicFile.write(
                    path,
                    (MAPPER.writeValueAsString(value) + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (JacksonException e) {
            throw new MillraceException(
                    ErrorCode.INTERNAL, "cannot express as json: file=" + path, e);
        }
    }

    private static MillraceException broken(Path path, JacksonException e) {
        JsonLocation at = e.getLocation();
        String where =
                at == null ? "" : ", line=" + at.getLineNr() + ", column=" + at.getColumnNr();
        String key = e instanceof JsonMappingException mapping ? keyOf(mapping) : "";
        String why =
                e.getOriginalMessage()
                        .lines()
                        .findFirst()
                        .orElse("not json")
                        .replaceAll(" \\(set Des.*", "");
        return new MillraceException(
                ErrorCode.BAD_INPUT,
                "cannot read json: file="
                        + path
                        + where
                        + key
                        + ", reason="
                        + why
                        + "; correct the file",
                e);
    }

    private static String keyOf(JsonMappingException e) {
        String key =
                e.getPath().stream()
                        .map(
                                step ->
                                        step.getFieldName() == null
                                                ? "[" + step.getIndex() + "]"
                                                : step.getFieldName())
                        .collect(Collectors.joining("."));
        return key.isEmpty() ? "" : ", key=" + key;
    }

    private static @Nullable Throwable findOwn(Throwable e) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof MillraceException) {
                return t;
            }
        }
        return null;
    }
}
