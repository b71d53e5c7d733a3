package io.millrace.server.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.millrace.core.error.MillraceException;

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
        String last = key.substring(key.lastIndexOf('.') + 1);
        String nearest = "";
        int best = Integer.MAX_VALUE;
        for (String candidate : known) {
            String candidateLast = candidate.substring(candidate.lastIndexOf('.') + 1);
            // The name itself decides; the path only between equals.
            int distance = 16 * distance(last, candidateLast) + distance(key, candidate);
            if (distance < best) {
                best = distance;
                nearest = candidate;
            }
        }
        return nearest;
    }

    private static void collect(String prefix, ObjectNode node, List<String> keys) {
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            keys.add(prefix + entry.getKey());
            if (entry.getValue() instanceof ObjectNode object) {
                collect(prefix + entry.getKey() + ".", object, keys);
            }
        }
    }

    /** Levenshtein distance, letter case not counted. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                boolean same =
                        Character.toLowerCase(a.charAt(i - 1))
                                == Character.toLowerCase(b.charAt(j - 1));
                int cost = Math.min(diagonal + (same ? 0 : 1), Math.min(row[j], row[j - 1]) + 1);
                diagonal = row[j];
                row[j] = cost;
            }
        }
        return row[b.length()];
    }
}
