package io.millrace.cli.load;

import io.millrace.client.MillraceClient;
import io.millrace.client.message.RankColumns;
import io.millrace.client.message.ServerInfo;
import io.millrace.core.error.MillraceException;
import io.millrace.core.wire.codec.FormCode;
import io.millrace.core.wire.codec.ScopeCode;
import io.millrace.loadgen.change.ChangeMix;

import picocli.CommandLine.Option;

import java.util.List;

/** How much of a load changes what is served. */
public final class LoadChangeOptions {
    @Option(
            names = "--feedback-share",
            paramLabel = "PART",
            description =
                    "Part of requests that tell what a user did with an item (of ten 7 impressions,"
                            + " 2 clicks, 1 watch), 0 to 1. The server keeps what it is told."
                            + " Default: ${DEFAULT-VALUE}.")
    private double feedbackShare;

    @Option(
            names = "--update-share",
            paramLabel = "PART",
            description =
                    "Part of requests that give a feature of an item a made-up value, 0 to 1. The"
                            + " server keeps it. Default: ${DEFAULT-VALUE}.")
    private double updateShare;

    @Option(
            names = "--upsert-share",
            paramLabel = "PART",
            description =
                    "Part of requests that bring an item of made-up features, 0 to 1; ids from"
                            + " 9000000000000000 on. The server keeps it. Default:"
                            + " ${DEFAULT-VALUE}.")
    private double upsertShare;

    @Option(
            names = "--delete-share",
            paramLabel = "PART",
            description =
                    "Part of requests that take out an item which this load has brought by"
                        + " --upsert-share, 0 to 1; one that finds none yet brings one. Default:"
                        + " ${DEFAULT-VALUE}.")
    private double deleteShare;

    @Option(
            names = "--delete-served",
            description =
                    "With --delete-share: take out items of the catalogue that is served instead,"
                            + " the rarest first. They stay away, and whoever asks for one is told"
                            + " that it is unknown.")
    private boolean deletesServed;

    @Option(
            names = "--upsert-items",
            paramLabel = "N",
            description =
                    "How many different items those bring, over and over; the server takes"
                            + " changes.maxUpserted. Default: ${DEFAULT-VALUE}.")
    private int upsertItems = 1_000;

    @Option(
            names = "--upsert-vectors",
            description =
                    "Bring a made-up vector with each of those, as a server must be given whose"
                            + " vectors do not follow from features (retriever ials).")
    private boolean bringsVectors;

    /** Filled by picocli. */
    public LoadChangeOptions() {}

    /** What these options say, with the features that a server names. */
    ChangeMix mix(MillraceClient client, ServerInfo info, long seed) {
        if (deletesServed && deleteShare == 0) {
            throw MillraceException.usage(
                    "nothing is deleted: --delete-served without --delete-share; give it, too");
        }
        boolean bringsColumns = updateShare > 0 || upsertShare > 0;
        return new ChangeMix(
                feedbackShare,
                updateShare,
                upsertShare,
                deleteShare,
                upsertItems,
                deletesServed,
                bringsColumns ? knownColumns(client) : List.of(),
                bringsVectors && upsertShare > 0
                        ? LoadMixOptions.madeUpVectors("--upsert-vectors", info.dimension(), seed)
                        : new float[0][]);
    }

    /** Without those whose values come in a form of a later version. */
    private static List<RankColumns.Column> knownColumns(MillraceClient client) {
        return client.columns(ScopeCode.ITEM).columns().stream()
                .filter(column -> column.form() != FormCode.NULL_VAL)
                .toList();
    }
}
