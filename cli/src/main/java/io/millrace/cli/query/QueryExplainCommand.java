package io.millrace.cli.query;

import io.millrace.cli.console.CommonOptions;
import io.millrace.client.MillraceClient;
import io.millrace.client.message.ExplainQuery;
import io.millrace.core.error.MillraceException;
import io.millrace.core.wire.WireLimits;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

import java.util.List;

/** {@code millrace query explain}: why items are recommended to a user, or are not. */
@Command(
        name = "explain",
        header = "why items are recommended to a user, or are not",
        description = {
            "%nTells of each item how far it came and what stopped it, with its place and its score"
                + " at every stage, and which features its value hangs on. With the same options"
                + " and the same --time-ms, recommend answers just so.%n"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace query explain --user 12345   (those that are answered)",
            "  millrace query explain --user 12345 --items 777,778 --count-nearer"
        })
final class QueryExplainCommand implements Runnable {
    @ParentCommand private QueryCommand query;
    @Mixin private CommonOptions common;
    @Mixin private RecommendOptions options;

    @Option(
            names = "--items",
            paramLabel = "ID",
            split = ",",
            description = "Which items, 16 at most. Default: those that are answered.")
    private @Nullable List<Long> items;

    @Option(
            names = "--count-nearer",
            description = "Count how many items are nearer to the user; looks at all of them.")
    private boolean countsNearer;

    /** Filled by picocli. */
    QueryExplainCommand() {}

    @Override
    public void run() {
        options.validate(common);
        List<Long> asked = items == null ? List.of() : items;
        if (asked.size() > WireLimits.MAX_EXPLAINED) {
            throw MillraceException.usage(
                    "too many items to explain: --items=%d, limit=%d; ask for some of them",
                    asked.size(), WireLimits.MAX_EXPLAINED);
        }
        try (MillraceClient client = query.connect()) {
            ExplainQuery question = new ExplainQuery(options.query(client), asked, countsNearer);
            ExplanationText.print(common, client.explain(question));
        }
    }
}
