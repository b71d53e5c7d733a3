package io.millrace.cli.query;

import io.millrace.cli.console.CommonOptions;
import io.millrace.client.MillraceClient;
import io.millrace.client.message.RankColumn;
import io.millrace.core.wire.codec.ScopeCode;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** {@code millrace query upsert}: brings an item into the catalogue, or another in its place. */
@Command(
        name = "upsert",
        header = "bring an item into the catalogue, or another in its place",
        description = {
            "%nValues are raw, as in the data that was trained on (millrace query columns). Tags"
                + " are parted by |. Features that are not named are missing, also those that the"
                + " item had before; query update changes some and keeps the others. The item is"
                + " found by the vector that its features give, unless one is given. When this"
                + " command says so, the item is on the server's disk, and the next request may be"
                + " answered with it.%n"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace query upsert --item 4000 --set duration=31.5 --set 'tags=4|9'",
            "  millrace query upsert --item 4000 --set creator=17 --vector vector.npy"
        })
final class QueryUpsertCommand implements Runnable {
    @ParentCommand private QueryCommand query;
    @Mixin private CommonOptions common;

    @Option(names = "--item", required = true, paramLabel = "ID", description = "The item.")
    private long item;

    @Option(names = "--set", paramLabel = "NAME=VALUE", description = "A feature and its value.")
    private Map<String, String> values = Map.of();

    @Option(
            names = "--vector",
            paramLabel = "FILE",
            description = "Its vector: first row of an .fvecs or .npy file, or numbers as text.")
    private @Nullable Path vector;

    /** Filled by picocli. */
    QueryUpsertCommand() {}

    @Override
    public void run() {
        common.validate();
        float[] numbers = vector == null ? new float[0] : QueryVector.read(vector);
        try (MillraceClient client = query.connect()) {
            List<RankColumn> columns =
                    FeatureValues.columns(values, client.columns(ScopeCode.ITEM));
            AnswerText.printChanged(common, client.upsert(item, columns, numbers));
        }
    }
}
