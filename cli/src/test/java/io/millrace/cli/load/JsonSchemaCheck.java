package io.millrace.cli.load;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.cli.CommandRun;
import io.millrace.core.json.Json;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Tells where a document differs from a JSON schema, of which it knows those words that ours uses
 * and refuses all others. Keys that the schema does not name are differences as well.
 */
final class JsonSchemaCheck {
    private static final Set<String> KNOWN =
            Set.of(
                    "$schema",
                    "$defs",
                    "$ref",
                    "title",
                    "description",
                    "type",
                    "required",
                    "properties",
                    "patternProperties",
                    "items",
                    "minimum",
                    "maximum",
                    "format",
                    "contentEncoding");

    private final JsonNode root;
    private final List<String> differences = new ArrayList<>();

    /** The schema that the command prints. */
    static JsonNode schema() {
        CommandRun printed = CommandRun.of("load", "--schema");
        assertEquals(0, printed.code(), printed.err());
        try {
            return Json.mapper().readTree(printed.out());
        } catch (IOException e) {
            throw new AssertionError(printed.out(), e);
        }
    }

    private JsonSchemaCheck(JsonNode root) {
        this.root = root;
    }

    static List<String> differences(JsonNode schema, JsonNode document) {
        JsonSchemaCheck check = new JsonSchemaCheck(schema);
        check.check("$", schema, document);
        return check.differences;
    }

    private void check(String at, JsonNode schema, JsonNode value) {
        Set<String> unknown = new TreeSet<>();
        schema.fieldNames().forEachRemaining(unknown::add);
        unknown.removeAll(KNOWN);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(
                    "words of the schema that are not known: " + unknown);
        }
        if (schema.has("$ref")) {
            String pointer = schema.get("$ref").asText().substring(1);
            check(at, root.at(pointer), value);
        }
        if (schema.has("type") && !isOfType(schema.get("type"), value)) {
            differences.add(at + " is no " + schema.get("type") + ": " + value);
            return;
        }
        boolean isTooLow =
                schema.has("minimum") && value.asDouble() < schema.get("minimum").asDouble();
        boolean isTooHigh =
                schema.has("maximum") && value.asDouble() > schema.get("maximum").asDouble();
        if (isTooLow || isTooHigh) {
            differences.add(at + " is out of range: " + value);
        }
        if (value.isObject()) {
            checkObject(at, schema, value);
        }
        if (value.isArray() && schema.has("items")) {
            for (int i = 0; i < value.size(); i++) {
                check(at + "[" + i + "]", schema.get("items"), value.get(i));
            }
        }
    }

    private void checkObject(String at, JsonNode schema, JsonNode value) {
        for (JsonNode key : schema.path("required")) {
            if (!value.has(key.asText())) {
                differences.add(at + " lacks " + key);
            }
        }
        for (Map.Entry<String, JsonNode> entry : value.properties()) {
            JsonNode named = schema.path("properties").get(entry.getKey());
            boolean isNamed = named != null;
            if (named != null) {
                check(at + "." + entry.getKey(), named, entry.getValue());
            }
            for (Map.Entry<String, JsonNode> pattern :
                    schema.path("patternProperties").properties()) {
                if (Pattern.compile(pattern.getKey()).matcher(entry.getKey()).find()) {
                    isNamed = true;
                    check(at + "." + entry.getKey(), pattern.getValue(), entry.getValue());
                }
            }
            if (!isNamed) {
                differences.add(at + " has a key that is not described: " + entry.getKey());
            }
        }
    }

    private static boolean isOfType(JsonNode type, JsonNode value) {
        if (type.isArray()) {
            for (JsonNode each : type) {
                if (isOfType(each, value)) {
                    return true;
                }
            }
            return false;
        }
        return switch (type.asText()) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "number" -> value.isNumber();
            case "integer" -> value.isIntegralNumber();
            case "null" -> value.isNull();
            default -> throw new IllegalArgumentException(type.asText());
        };
    }
}
