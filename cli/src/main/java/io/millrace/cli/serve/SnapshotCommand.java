package io.millrace.cli.serve;

import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.cli.console.CommonOptions;
import io.millrace.cli.console.TextTable;
import io.millrace.cli.console.Texts;
import io.millrace.core.metrics.Figures;
import io.millrace.core.progress.ProgressListener;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** {@code millrace snapshot}. */
@Command(
        name = "snapshot",
        description = {
            "%nHas a running server write what it keeps for its bundle, all as it is at one moment:"
                    + " rows of users and items, counters and changes. Requests and changes go on"
                    + " meanwhile. It stands in the folder of snapshots of the server (the key"
                    + " snapshots), whole or not at all; millrace restore goes back to it.%n"
        },
        footerHeading = "%nExamples:%n",
        footer = {"  millrace snapshot", "  millrace snapshot --name before-the-import"})
public final class SnapshotCommand implements Runnable {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    @Mixin CommonOptions common;
    @Mixin AdminOptions admin;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "Name of its folder, which must not be there. Default: the time.")
    private @Nullable String name;

    /** Filled by picocli. */
    public SnapshotCommand() {}

    @Override
    public void run() {
        common.validate();
        String chosen = name == null ? TIME.format(Instant.now()) : name;
        try (AdminClient client = admin.connect();
                ProgressListener.Stage stage = common.progress().start("snapshot", -1)) {
            JsonNode begun = client.post("/snapshot", new Request(chosen));
            print(client.await("/snapshot", begun, stage, "no snapshot"));
        }
    }

    private void print(JsonNode status) {
        new TextTable()
                .row("snapshot", status.path("directory").asText())
                .row("of the bundle", status.path("fingerprint").asText())
                .row("changes up to", Texts.count(status.path("sequence").asLong()))
                .row("length", Texts.bytes(status.path("bytes").asLong()))
                .row("took", Texts.seconds(status.path("seconds").asDouble()))
                .print(common.out(), "");
        common.write(
                new Figures()
                        .put("directory", status.path("directory").asText())
                        .put("fingerprint", status.path("fingerprint").asText())
                        .put("sequence", status.path("sequence").asLong())
                        .put("bytes", status.path("bytes").asLong())
                        .put("seconds", status.path("seconds").asDouble()));
    }

    /** What is posted. */
    private record Request(String name) {}
}
