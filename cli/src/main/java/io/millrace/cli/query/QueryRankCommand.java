package io.millrace.cli.query;

import io.millrace.cli.console.CommonOptions;
import io.millrace.cli.console.OptionValues;
import io.millrace.client.MillraceClient;
import io.millrace.client.message.RankColumn;
import io.millrace.client.message.RankQuery;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** {@code millrace query rank}: the order of candidates that the caller names. */
@Command(
        name = "rank",
        header = "candidates of your own, the best first",
        description = {
            "%nOrders items of the catalogue for a user, or rows of a file by the features they"
                + " bring, such as ads. The file begins with the names of features (millrace query"
                + " columns); then each line is a candidate, called by its number from 1. Values"
                + " are parted by tabs in a .tsv file, else by commas, tags by |; what is empty or"
                + " left out is missing.%n"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace query rank --user 12345 --items 777,778,779",
            "  millrace query rank --user 12345 --items 777,778,779 --k 2 --rules --context tab=2",
            "  millrace query rank --rows ads.tsv"
        })
final class QueryRankCommand implements Runnable {
    @ParentCommand private QueryCommand query;
    @Mixin private CommonOptions common;
    @Mixin private ExperimentOption experiment;
    @Mixin private TraceOption trace;

    @ArgGroup(multiplicity = "1")
    private Candidates candidates;

    @Option(
            names = "--user",
            paramLabel = "ID",
            defaultValue = "-1",
            description = "For whom. Default: nobody known.")
    private long user;

    @Option(
            names = "--k",
            paramLabel = "N",
            defaultValue = "0",
            description = "How many to answer with, 0 for all. Default: ${DEFAULT-VALUE}.")
    private int k;

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

    @Option(names = "--rules", description = "Apply the rules of the bundle to items.")
    private boolean appliesRules;

    /** Filled by picocli. */
    QueryRankCommand() {}

    @Override
    public void run() {
        common.validate();
        OptionValues.requireRange("--k", k, 0, QueryCommand.MOST_K);
        Path rows = candidates.rows;
        CandidateFile file = rows == null ? null : CandidateFile.read(rows);
        try (MillraceClient client = query.connect()) {
            Map<Integer, Integer> codes = QueryCommand.codes(client, context);
            List<Long> names =
                    file == null
                            ? Objects.requireNonNull(candidates.items, "one of the two is given")
                            : file.names();
            List<RankColumn> columns =
                    file == null ? List.of() : file.columns(client.rankColumns());
            RankQuery asked = new RankQuery(user, k, timeMs, codes, names, appliesRules, columns);
            AnswerText.print(common, client.rank(asked.wishing(trace.of(experiment.wishes()))));
        }
    }

    /** What is ranked. */
    private static final class Candidates {
        @Option(
                names = "--items",
                paramLabel = "ID",
                split = ",",
                description = "Items of the catalogue; unknown ones are left out.")
        private @Nullable List<Long> items;

        @Option(
                names = "--rows",
                paramLabel = "FILE",
                description = "File of candidates with their features.")
        private @Nullable Path rows;
    }
}
