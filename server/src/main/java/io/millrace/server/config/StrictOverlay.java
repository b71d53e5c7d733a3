package io.millrace.server.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.millrace.core.error.MillraceException;
import io.millrace.core.json.NearestKey;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Lays given keys over known ones; a key that is not known is an error naming the nearest. */
final class StrictOverlay {
    private StrictOverlay() {}

    /** Changes {@code known}; nested objects are laid over each other, all else is replaced. */
    static void apply(JsonNode given, ObjectNode known, String source) {
        if (!given.isObject()) {
            throw MillraceException.badInput(
                    "configuration is not a json object: %s; write { \"key\": value }", source);
        }
        overlay("", given, known, known, source);
    }

    private static void overlay(
            String prefix, JsonNode given, ObjectNode known, ObjectNode root, String source) {
        for (Map.Entry<String, JsonNode> entry : given.properties()) {
            String key = entry.getKey();
            JsonNode now = known.get(key);
            if (now == null) {
                throw MillraceException.badInput(
                        "unknown key: key=%s, nearest=%s, %s; correct or remove it",
                        prefix + key, nearest(prefix + key, root), source);
            }
            if (now instanceof ObjectNode object) {
                if (!entry.getValue().isObject()) {
                    throw MillraceException.badInput(
                            "not a json object: key=%s, %s; write { \"key\": value }",
                            prefix + key, source);
                }
                overlay(prefix + key + ".", entry.getValue(), object, root, source);
            } else {
                known.set(key, entry.getValue());
            }
        }
    }

    private static String nearest(String key, ObjectNode root) {
        List<String> known = new ArrayList<>();
        collect("", root, known);
        return NearestKey.of(key, known);
    }

    private static void collect(String prefix, ObjectNode node, List<String> keys) {
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            keys.add(prefix + entry.getKey());
            if (entry.getValue() instanceof ObjectNode object) {
                collect(prefix + entry.getKey() + ".", object, keys);
            }
        }
    }
}
