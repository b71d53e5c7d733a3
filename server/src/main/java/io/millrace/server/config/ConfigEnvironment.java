package io.millrace.server.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.millrace.core.error.MillraceException;
import io.millrace.core.json.Json;
import io.millrace.core.json.NearestKey;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Keys of the configuration as variables of the environment: {@code limits.inFlight} is {@code
 * MILLRACE_SERVE_LIMITS_IN_FLIGHT}.
 *
 * <p>Threading: any thread.
 */
public final class ConfigEnvironment {
    private static final String PREFIX = "MILLRACE_SERVE_";

    private ConfigEnvironment() {}

    /**
     * Sets the keys that variables are there for.
     *
     * @param config what is changed.
     * @param environment variables by name, as of {@link System#getenv()}.
     * @return the changed configuration.
     * @throws MillraceException BAD_INPUT when a variable of the prefix is of no key, or its value
     *     is bad.
     */
    public static ServerConfig applyTo(ServerConfig config, Map<String, String> environment) {
        SortedMap<String, String> keys = keysByVariable(config);
        ServerConfig changed = config;
        for (Map.Entry<String, String> variable : new TreeMap<>(environment).entrySet()) {
            String name = variable.getKey();
            if (!name.startsWith(PREFIX)) {
                continue;
            }
            String key = keys.get(name);
            if (key == null) {
                throw MillraceException.badInput(
                        "unknown variable of the environment: name=%s, nearest=%s; correct or"
                                + " unset it",
                        name, NearestKey.of(name, List.copyOf(keys.keySet())));
            }
            changed = changed.withText(key, variable.getValue(), "variable=" + name);
        }
        return changed;
    }

    /**
     * Which variable sets which key.
     *
     * @param config any configuration.
     * @return keys by the names of variables.
     */
    static SortedMap<String, String> keysByVariable(ServerConfig config) {
        SortedMap<String, String> keys = new TreeMap<>();
        collect("", Json.mapper().valueToTree(config), keys);
        return keys;
    }

    private static void collect(String prefix, ObjectNode node, SortedMap<String, String> keys) {
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            String key = prefix + entry.getKey();
            if (entry.getValue() instanceof ObjectNode object) {
                collect(key + ".", object, keys);
            } else {
                keys.put(variable(key), key);
            }
        }
    }

    private static String variable(String key) {
        String words = key.replace('.', '_').replaceAll("([a-z])([A-Z])", "$1_$2");
        return PREFIX + words.toUpperCase(Locale.ROOT);
    }
}
