package io.millrace.cli.query;

import io.millrace.cli.console.CommonOptions;
import io.millrace.cli.console.OptionValues;
import io.millrace.cli.serve.SecurityOptions;
import io.millrace.cli.serve.Target;
import io.millrace.client.MillraceClient;
import io.millrace.client.message.RankQuery;
import io.millrace.client.message.RecommendQuery;
import io.millrace.client.message.SearchQuery;
import io.millrace.client.message.SimilarQuery;
import io.millrace.core.error.MillraceException;
import io.millrace.core.wire.codec.ScopeCode;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** {@code millrace query}: one question to a server, one subcommand a kind. */
@Command(
        name = "query",
        subcommands = {
            QueryExplainCommand.class,
            QueryFeedbackCommand.class,
            QueryRankCommand.class,
            QueryUpdateCommand.class,
            QueryUpsertCommand.class
        },
        synopsisSubcommandLabel = "KIND",
        commandListHeading = "%nKinds:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace query recommend --user 12345",
            "  millrace query --target 127.0.0.1:7311 recommend --user 12345 --k 20 --context"
                    + " tab=2",
            "  millrace query explain --user 12345 --items 777,778",
            "  millrace query similar --item 777",
            "  millrace query feedback --user 12345 --shown 777,778 --click 778",
            "  millrace query search --vector vector.fvecs",
            "  millrace query rank --user 12345 --items 777,778,779",
            "  millrace query update --item 777 --set duration=31.5",
            "  millrace query upsert --item 4000 --set duration=31.5 --set 'tags=4|9'",
            "  millrace query stats --match service_seconds"
        })
public final class QueryCommand implements Runnable {
    static final int MOST_K = 65_535;
    private static final int MOST_TIMEOUT_MS = 600_000;

    @Mixin private SecurityOptions security;

    @Option(
            names = "--target",
            paramLabel = "HOST:PORT",
            defaultValue = Target.DEFAULT,
            converter = Target.Converter.class,
            scope = ScopeType.INHERIT,
            description = "Where the server is. Default: ${DEFAULT-VALUE}.")
    private Target target;

    @Option(
            names = "--timeout-ms",
            paramLabel = "MS",
            defaultValue = "5000",
            scope = ScopeType.INHERIT,
            description = "The longest to wait. Default: ${DEFAULT-VALUE}.")
    private int timeoutMs;

    /** Filled by picocli. */
    public QueryCommand() {}

    @Override
    public void run() {
        throw MillraceException.usage(
                "no kind of query given; name one, as in millrace query recommend --user 12345");
    }

    @Command(
            name = "recommend",
            header = "the items worth showing to a user",
            footerHeading = "%nExamples:%n",
            footer = {
                "  millrace query recommend --user 12345 --k 10",
                "  millrace query recommend --user 12345 --filter \"category = 'shoes'\" --trace"
            })
    void recommend(
            @Mixin CommonOptions common,
            @Mixin RecommendOptions options,
            @Mixin TraceOption trace) {
        options.validate(common);
        try (MillraceClient client = connect()) {
            RecommendQuery asked = options.query(client);
            AnswerText.print(common, client.recommend(asked.wishing(trace.of(asked.wishes()))));
        }
    }

    @Command(
            name = "similar",
            header = "the items most like an item",
            footerHeading = "%nExamples:%n",
            footer = "  millrace query similar --item 777")
    void similar(
            @Mixin CommonOptions common,
            @Option(names = "--item", required = true, paramLabel = "ID", description = "The item.")
                    long item,
            @Mixin ItemOptions items,
            @Mixin TraceOption trace) {
        items.validate(common);
        SimilarQuery asked = SimilarQuery.of(item, items.k()).wishing(trace.of(items.wishes()));
        try (MillraceClient client = connect()) {
            AnswerText.print(common, client.similar(asked));
        }
    }

    @Command(
            name = "search",
            header = "the items nearest to a vector",
            footerHeading = "%nExamples:%n",
            footer = {
                "  millrace query search --vector vector.fvecs",
                "  millrace query search --vector vector.txt --rank   (numbers as text)"
            })
    void search(
            @Mixin CommonOptions common,
            @Option(
                            names = "--vector",
                            required = true,
                            paramLabel = "FILE",
                            description =
                                    "The vector: first row of an .fvecs or .npy file, or numbers as"
                                            + " text.")
                    Path vector,
            @Mixin ItemOptions items,
            @Mixin TraceOption trace,
            @Option(names = "--rank", description = "Order what was found by the ranker.")
                    boolean isRanked) {
        items.validate(common);
        float[] numbers = QueryVector.read(vector);
        SearchQuery asked =
                new SearchQuery(
                        numbers, items.k(), isRanked, RankQuery.NOBODY, trace.of(items.wishes()));
        try (MillraceClient client = connect()) {
            AnswerText.print(common, client.search(asked));
        }
    }

    @Command(
            name = "delete",
            header = "take an item out of the catalogue; no later request is answered with it",
            footerHeading = "%nExamples:%n",
            footer = "  millrace query delete --item 777")
    void delete(
            @Mixin CommonOptions common,
            @Option(names = "--item", required = true, paramLabel = "ID", description = "The item.")
                    long item) {
        common.validate();
        try (MillraceClient client = connect()) {
            AnswerText.printChanged(common, client.delete(item));
        }
    }

    @Command(
            name = "columns",
            header = "what features the candidates of a rank query may bring, or a change",
            footerHeading = "%nExamples:%n",
            footer = {
                "  millrace query columns",
                "  millrace query columns --users   (those of users, for an update)"
            })
    void columns(
            @Mixin CommonOptions common,
            @Option(names = "--users", description = "The features of users, not of items.")
                    boolean areOfUsers) {
        common.validate();
        try (MillraceClient client = connect()) {
            AnswerText.print(
                    common, areOfUsers ? client.columns(ScopeCode.USER) : client.rankColumns());
        }
    }

    @Command(
            name = "info",
            header = "what a server serves",
            footerHeading = "%nExamples:%n",
            footer = "  millrace query info")
    void info(@Mixin CommonOptions common) {
        common.validate();
        try (MillraceClient client = connect()) {
            AnswerText.print(common, client.info(5));
        }
    }

    @Command(
            name = "stats",
            header = "what a server has counted and timed",
            description =
                    "%nTimes are in seconds. Names are those of the page of metrics, quantiles"
                            + " stand for the buckets of histograms (docs/metrics.md).%n",
            footerHeading = "%nExamples:%n",
            footer = {
                "  millrace query stats",
                "  millrace query stats --match stage_seconds",
                "  millrace query stats --match quantile=\\\"0.99"
            })
    void stats(
            @Mixin CommonOptions common,
            @Option(
                            names = "--match",
                            paramLabel = "TEXT",
                            defaultValue = "",
                            description = "Only what has this in its name. Default: all.")
                    String match) {
        common.validate();
        try (MillraceClient client = connect()) {
            StatisticsText.print(common, client.stats(), match);
        }
    }

    MillraceClient connect() {
        OptionValues.requireRange("--timeout-ms", timeoutMs, 1, MOST_TIMEOUT_MS);
        return target.guarded(security.security()).connect(Duration.ofMillis(timeoutMs));
    }

    /** The codes of context fields by their numbers, which the server tells. */
    static Map<Integer, Integer> codes(
            MillraceClient client, @Nullable Map<String, Integer> context) {
        if (context == null) {
            return Map.of();
        }
        List<String> names =
                client.info(0).contextFields().stream().map(field -> field.name()).toList();
        Map<Integer, Integer> codes = new TreeMap<>();
        context.forEach(
                (name, code) -> {
                    int field = names.indexOf(name);
                    if (field < 0) {
                        throw MillraceException.usage(
                                "no such context field: --context=%s, known=%s; name one of them",
                                name, names);
                    }
                    codes.put(field, code);
                });
        return codes;
    }
}
