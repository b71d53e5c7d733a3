package io.millrace.cli.serve;

import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.cli.console.CommonOptions;
import io.millrace.cli.console.TextTable;
import io.millrace.cli.console.Texts;
import io.millrace.core.error.MillraceException;
import io.millrace.core.metrics.Figures;
import io.millrace.core.progress.ProgressListener;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;

/** {@code millrace swap}. */
@Command(
        name = "swap",
        description = {
            "%nHas a running server serve another bundle without a pause, or tells which one it"
                + " serves. The other one is checked, opened, warmed up and tried with the requests"
                + " of late beside those that go on; if it fails, the one before goes on. Paths are"
                + " those of the server's machine. Changes made live are made on the next bundle,"
                + " too, but histories belong to a bundle: the next one begins with its own.%n"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace swap --bundle /data/bundle-2026-11-22",
            "  millrace swap --rollback",
            "  millrace swap                 # which bundle is served?"
        })
public final class SwapCommand implements Runnable {
    @Mixin CommonOptions common;
    @Mixin AdminOptions admin;

    @Option(names = "--bundle", paramLabel = "DIR", description = "Serve this bundle.")
    private @Nullable Path bundle;

    @Option(names = "--rollback", description = "Serve the bundle before again.")
    private boolean isRollback;

    /** Filled by picocli. */
    public SwapCommand() {}

    @Override
    public void run() {
        common.validate();
        if (isRollback && bundle != null) {
            throw MillraceException.usage(
                    "either the bundle before or another one: --rollback, --bundle=%s; leave one"
                            + " out",
                    bundle);
        }
        try (AdminClient client = admin.connect()) {
            if (isRollback) {
                print(await(client, client.post("/bundle/rollback", new Request(""))));
            } else if (bundle != null) {
                String directory = bundle.toAbsolutePath().normalize().toString();
                print(await(client, client.post("/bundle", new Request(directory))));
            } else {
                print(client.get("/bundle"));
            }
        }
    }

    private JsonNode await(AdminClient client, JsonNode begun) {
        try (ProgressListener.Stage stage = common.progress().start("swap", -1)) {
            return client.await("/bundle", begun, stage, "not served, the bundle before goes on");
        }
    }

    private void print(JsonNode status) {
        TextTable table =
                new TextTable()
                        .row("serving", status.path("directory").asText())
                        .row("fingerprint", status.path("fingerprint").asText());
        if (status.hasNonNull("previous")) {
            table.row("before", status.path("previous").asText());
        }
        if (status.hasNonNull("error")) {
            table.row("failed last", status.path("error").asText());
        }
        if (status.path("swaps").asLong() > 0) {
            table.row("swaps", Texts.count(status.path("swaps").asLong()))
                    .row("requests tried first", Texts.count(status.path("tried").asLong()))
                    .row("changes carried over", Texts.count(status.path("carried").asLong()))
                    .row("the last took", Texts.seconds(status.path("lastSeconds").asDouble()));
        }
        table.print(common.out(), "");
        common.write(
                new Figures()
                        .put("directory", status.path("directory").asText())
                        .put("fingerprint", status.path("fingerprint").asText())
                        .put("swaps", status.path("swaps").asLong())
                        .put("tried", status.path("tried").asLong())
                        .put("carried", status.path("carried").asLong())
                        .put("seconds", status.path("lastSeconds").asDouble()));
    }

    /** What is posted. */
    private record Request(String directory) {}
}
