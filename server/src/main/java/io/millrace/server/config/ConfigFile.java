package io.millrace.server.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.json.Json;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A configuration as a tree, from a text in one of two forms.
 *
 * <p>Threading: any thread.
 */
final class ConfigFile {
    private static final ObjectMapper YAML =
            YAMLMapper.builder().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION).build();

    private ConfigFile() {}

    /** Reads a file, as YAML where its name ends so, else as JSON. */
    static JsonNode read(Path file) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        boolean isYaml = name.endsWith(".yaml") || name.endsWith(".yml");
        try {
            return parse(Files.readString(file), isYaml, "file=" + file);
        } catch (IOException e) {
            throw MillraceException.io("read the configuration", file, e);
        }
    }

    /** Reads a text; one of comments alone has no keys. */
    static JsonNode parse(String text, boolean isYaml, String source) {
        try {
            JsonNode node = (isYaml ? YAML : Json.mapper()).readTree(text);
            return node.isMissingNode() && isYaml ? YAML.createObjectNode() : node;
        } catch (JsonProcessingException e) {
            throw new MillraceException(
                    ErrorCode.BAD_INPUT,
                    "configuration is not "
                            + (isYaml ? "yaml" : "json")
                            + ": "
                            + source
                            + ", line="
                            + (e.getLocation() == null ? 0 : e.getLocation().getLineNr())
                            + ", reason="
                            + e.getOriginalMessage().lines().findFirst().orElse("")
                            + "; correct it",
                    e);
        }
    }
}
