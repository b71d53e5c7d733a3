package io.millrace.ranker.impression;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.json.Json;
import io.millrace.core.log.LogKind;

import java.nio.file.Path;

/**
 * What a file of impressions says of itself: which bundle answered, how large the parts of a record
 * are, and the settings of the server that its answers depend on.
 *
 * @param fingerprint of the bundle, 16 hexadecimal digits
 * @param schemaFingerprint of its feature schema, 16 hexadecimal digits
 * @param vectorBits width of the vectors that the processor summed with, whose order of summing the
 *     last bits of scores depend on
 * @param layout of the records
 * @param settings the keys of the server's configuration that decide its answers
 */
public record ImpressionDescription(
        String fingerprint,
        String schemaFingerprint,
        int vectorBits,
        ImpressionLayout layout,
        JsonNode settings) {
    /**
     * The kind of a log of impressions. Those of version 1 have no feedback, those of version 2 no
     * filters and experiment keys.
     */
    public static final LogKind KIND = new LogKind("impressions", "IMPRESSN", 3, 1);

    /**
     * The description as it stands in a file.
     *
     * @return JSON.
     */
    public String toJson() {
        try {
            return Json.mapper().writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new MillraceException(
                    ErrorCode.INTERNAL, "cannot express a log's description as json", e);
        }
    }

    /**
     * Reads the description of a file.
     *
     * @param text as it stands there.
     * @param file the file, for errors.
     * @return the description.
     * @throws MillraceException CORRUPT_FILE when it makes no sense.
     */
    public static ImpressionDescription of(String text, Path file) {
        try {
            return Json.mapper().readValue(text, ImpressionDescription.class);
        } catch (JsonProcessingException e) {
            throw MillraceException.corrupt(
                    file,
                    "description of the impressions: reason=%s",
                    e.getOriginalMessage().lines().findFirst().orElse(""));
        }
    }
}
