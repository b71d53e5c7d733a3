package io.millrace.server.gateway;

import com.fasterxml.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Holds values against the part of JSON Schema that the description uses. A keyword that it does
 * not know is a failure, so that nothing goes unchecked.
 */
final class SchemaCheck {
    private static final Set<String> SPOKEN = Set.of("description", "default");

    private final JsonNode root;
    private final List<String> faults = new ArrayList<>();

    private SchemaCheck(JsonNode root) {
        this.root = root;
    }

    /** What is wrong with a value; empty if nothing is. */
    static List<String> faults(JsonNode root, JsonNode schema, JsonNode value) {
        SchemaCheck check = new SchemaCheck(root);
        check.check("$", schema, value);
        return check.faults;
    }

    /** What a reference leads to, or the node itself. */
    static JsonNode resolved(JsonNode root, JsonNode node) {
        JsonNode reference = node.get("$ref");
        return reference == null ? node : root.at(reference.asText().substring(1));
    }

    private void check(String path, JsonNode given, JsonNode value) {
        JsonNode schema = resolved(root, given);
        if (schema.isMissingNode()) {
            faults.add(path + ": no such schema: " + given);
            return;
        }
        for (Map.Entry<String, JsonNode> entry : schema.properties()) {
            if (!SPOKEN.contains(entry.getKey())) {
                checkKeyword(path, entry.getKey(), entry.getValue(), schema, value);
            }
        }
    }

    private void checkKeyword(
            String path, String keyword, JsonNode rule, JsonNode schema, JsonNode value) {
        boolean isSound =
                switch (keyword) {
                    case "type" -> isOfType(rule.asText(), value);
                    case "enum" -> contains(rule, value);
                    case "const" -> rule.equals(value);
                    case "minimum" ->
                            !value.isNumber()
                                    || value.decimalValue().compareTo(rule.decimalValue()) >= 0;
                    case "maximum" ->
                            !value.isNumber()
                                    || value.decimalValue().compareTo(rule.decimalValue()) <= 0;
                    case "maxItems" -> !value.isArray() || value.size() <= rule.asInt();
                    case "pattern" ->
                            !value.isTextual()
                                    || Pattern.compile(rule.asText())
                                            .matcher(value.asText())
                                            .find();
                    case "required" -> hasAll(rule, value);
                    case "anyOf" -> fitsAny(rule, value);
                    case "items" -> {
                        for (int i = 0; value.isArray() && i < value.size(); i++) {
                            check(path + "[" + i + "]", rule, value.get(i));
                        }
                        yield true;
                    }
                    case "properties" -> {
                        for (Map.Entry<String, JsonNode> property : rule.properties()) {
                            JsonNode held = value.get(property.getKey());
                            if (held != null) {
                                check(path + "." + property.getKey(), property.getValue(), held);
                            }
                        }
                        yield true;
                    }
                    case "additionalProperties" -> checkOthers(path, rule, schema, value);
                    default -> false;
                };
        if (!isSound) {
            faults.add(path + ": " + keyword + " " + rule + ": " + value);
        }
    }

    private static boolean isOfType(String type, JsonNode value) {
        return switch (type) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "boolean" -> value.isBoolean();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            case "null" -> value.isNull();
            default -> false;
        };
    }

    private static boolean contains(JsonNode rule, JsonNode value) {
        for (JsonNode each : rule) {
            if (each.equals(value)) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasAll(JsonNode rule, JsonNode value) {
        for (JsonNode key : rule) {
            if (value.isObject() && !value.has(key.asText())) {
                return false;
            }
        }
        return true;
    }

    private boolean fitsAny(JsonNode rule, JsonNode value) {
        for (JsonNode each : rule) {
            if (faults(root, each, value).isEmpty()) {
                return true;
            }
        }
        return false;
    }

    private boolean checkOthers(String path, JsonNode rule, JsonNode schema, JsonNode value) {
        Set<String> known = new HashSet<>();
        JsonNode properties = schema.get("properties");
        if (properties != null) {
            properties.fieldNames().forEachRemaining(known::add);
        }
        boolean isSound = true;
        for (Map.Entry<String, JsonNode> property : value.properties()) {
            if (!known.contains(property.getKey())) {
                if (rule.isBoolean()) {
                    isSound &= rule.asBoolean();
                } else {
                    check(path + "." + property.getKey(), rule, property.getValue());
                }
            }
        }
        return isSound;
    }
}
