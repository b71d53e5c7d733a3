package io.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.core.json.Json;
import io.millrace.server.MillraceServer;
import io.millrace.server.config.ServerConfig;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/**
 * A world of 200 users and 300 items, models and a bundle of it, made by the commands of the
 * program.
 *
 * @param folder has all of it, as {@code world}, {@code models} and {@code bundle}, and what tests
 *     add to it.
 */
public record SmallWorld(Path folder) {
    public static SmallWorld make(Path folder) {
        SmallWorld made = new SmallWorld(folder);
        run("simulate", "--users", "200", "--items", "300", "--out", made.at("world"));
        run("train", "--dataset", made.at("world"), "--out", made.at("models"), "--tower-epochs=1");
        made.build("bundle");
        return made;
    }

    /** Another bundle of the same models. */
    public void build(String name, String... options) {
        String[] arguments = {
            "build", "--dataset", at("world"), "--models", at("models"), "--out", at(name)
        };
        String[] all = new String[arguments.length + options.length];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        System.arraycopy(options, 0, all, arguments.length, options.length);
        run(all);
    }

    public String at(String name) {
        return folder.resolve(name).toString();
    }

    /** Serves the bundle at a free port, with no admin pages and not warm unless it is told so. */
    public MillraceServer serve(String state, UnaryOperator<ServerConfig> settings) {
        return MillraceServer.start(
                settings.apply(
                        ServerConfig.defaults()
                                .with("bundle", at("bundle"))
                                .with("state", at(state))
                                .with("network.port", 0)
                                .with("network.adminPort", -1)
                                .with("funnel.warmUpRequests", 0)));
    }

    /** What a command has written to a file of the folder. */
    public JsonNode figures(String name) throws IOException {
        return Json.mapper().readTree(folder.resolve(name).toFile());
    }

    private static void run(String... arguments) {
        CommandRun run = CommandRun.of(arguments);
        assertEquals(0, run.code(), run.err());
    }
}
