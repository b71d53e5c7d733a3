package io.millrace.server.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.millrace.core.error.MillraceException;
import io.millrace.core.json.Json;

/** The keys of a configuration that decide what a bundle answers. */
public final class AnswerSettings {
    private AnswerSettings() {}

    /**
     * Those of a configuration.
     *
     * @param config the configuration.
     * @return one object.
     */
    public static JsonNode of(ServerConfig config) {
        ObjectNode settings = Json.mapper().createObjectNode();
        settings.set("limits", Json.mapper().valueToTree(config.limits()));
        settings.set("funnel", Json.mapper().valueToTree(config.funnel()));
        return settings;
    }

    /**
     * A configuration that answers alike, all else at its default.
     *
     * @param settings as made by {@link #of}.
     * @param source named in errors, as in {@code log=impressions}.
     * @return the configuration; no bundle is named.
     * @throws MillraceException when a key is unknown or a value bad.
     */
    public static ServerConfig configOf(JsonNode settings, String source) {
        return ServerConfig.parse(settings.toString(), source);
    }
}
