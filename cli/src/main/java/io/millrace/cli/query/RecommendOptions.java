package io.millrace.cli.query;

import io.millrace.cli.console.CommonOptions;
import io.millrace.client.MillraceClient;
import io.millrace.client.message.RecommendQuery;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.util.List;
import java.util.Map;

/** What is recommended, and to whom. */
final class RecommendOptions {
    @Mixin private ItemOptions items;

    @Option(
            names = "--user",
            required = true,
            paramLabel = "ID",
            description = "Who asks; an unknown user is answered as a newcomer.")
    private long user;

    @Option(
            names = "--time-ms",
            paramLabel = "MS",
            defaultValue = "0",
            description = "When, since 1970 UTC. Default: now.")
    private long timeMs;

    @Option(
            names = "--context",
            paramLabel = "NAME=CODE",
            description = "Value of a context field; those left out take their default.")
    private @Nullable Map<String, Integer> context;

    @Option(
            names = "--exclude",
            paramLabel = "ID",
            split = ",",
            description = "Items not to answer with.")
    private @Nullable List<Long> exclude;

    @Option(
            names = "--history",
            paramLabel = "ID",
            split = ",",
            description = "Items watched beyond what the server has stored, the latest last.")
    private @Nullable List<Long> history;

    @Option(
            names = "--replace-history",
            description = "Forget what is stored of the user, this once.")
    private boolean replacesHistory;

    /** Filled by picocli. */
    RecommendOptions() {}

    /** Checks what can be checked before a server is asked. */
    void validate(CommonOptions common) {
        items.validate(common);
    }

    /** The question, whose context is told by numbers that the server knows. */
    RecommendQuery query(MillraceClient client) {
        return new RecommendQuery(
                user,
                items.k(),
                timeMs,
                QueryCommand.codes(client, context),
                exclude == null ? List.of() : exclude,
                history == null ? List.of() : history,
                replacesHistory,
                false,
                false,
                items.wishes());
    }
}
