package io.millrace.cli.serving;

import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.cli.console.CommonOptions;
import io.millrace.cli.console.TextTable;
import io.millrace.cli.console.Texts;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.metrics.Figures;
import io.millrace.core.progress.ProgressListener;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.Locale;

/** {@code millrace swap}. */
@Command(
        name = "swap",
        description = {
            "%nHas a running server serve another bundle without a pause, or tells which one it"
                + " serves. The other one is checked, opened, warmed up and tried with the requests"
                + " of late beside those that go on; if it fails, the one before goes on. Paths are"
                + " those of the server's machine. Histories and changes belong to a bundle: the"
                + " next one begins with its own.%n"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace swap --bundle /data/bundle-2026-11-22",
            "  millrace swap --rollback",
            "  millrace swap --status"
        })
public final class SwapCommand implements Runnable {
    private static final int POLL_MS = 100;

    @Mixin CommonOptions common;

    @ArgGroup(multiplicity = "1")
    private Wish wish;

    @Option(
            names = "--admin",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:7312",
            description = "The server's admin pages. Default: ${DEFAULT-VALUE}.")
    private Target admin;

    /** Filled by picocli. */
    public SwapCommand() {}

    @Override
    public void run() {
        common.validate();
        try (AdminClient client = new AdminClient(admin)) {
            JsonNode bundle = client.get("/bundle");
            if (wish.bundle != null) {
                String directory = wish.bundle.toAbsolutePath().normalize().toString();
                bundle = await(client, client.post("/bundle", new Request(directory)));
            } else if (wish.isRollback) {
                bundle = await(client, client.post("/bundle/rollback", new Request("")));
            }
            print(bundle);
        }
    }

    private JsonNode await(AdminClient client, JsonNode begun) {
        JsonNode bundle = begun;
        try (ProgressListener.Stage stage = common.progress().start("swap", -1)) {
            while (!bundle.path("step").asText().matches("NONE|FAILED")) {
                stage.note(bundle.path("step").asText().toLowerCase(Locale.ROOT));
                pause();
                bundle = client.get("/bundle");
            }
        }
        if (bundle.path("step").asText().equals("FAILED")) {
            throw MillraceException.of(
                    ErrorCode.UNAVAILABLE,
                    "not served, the bundle before goes on: %s",
                    bundle.path("error").asText());
        }
        return bundle;
    }

    private static void pause() {
        try {
            Thread.sleep(POLL_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MillraceException(
                    ErrorCode.UNAVAILABLE, "interrupted; the server goes on with it", e);
        }
    }

    private void print(JsonNode bundle) {
        TextTable table =
                new TextTable()
                        .row("serving", bundle.path("directory").asText())
                        .row("fingerprint", bundle.path("fingerprint").asText());
        if (bundle.hasNonNull("previous")) {
            table.row("before", bundle.path("previous").asText());
        }
        if (bundle.hasNonNull("error")) {
            table.row("failed last", bundle.path("error").asText());
        }
        if (bundle.path("swaps").asLong() > 0) {
            table.row("swaps", Texts.count(bundle.path("swaps").asLong()))
                    .row("requests tried first", Texts.count(bundle.path("tried").asLong()))
                    .row("the last took", Texts.seconds(bundle.path("lastSeconds").asDouble()));
        }
        table.print(common.out(), "");
        common.write(
                new Figures()
                        .put("directory", bundle.path("directory").asText())
                        .put("fingerprint", bundle.path("fingerprint").asText())
                        .put("swaps", bundle.path("swaps").asLong())
                        .put("tried", bundle.path("tried").asLong())
                        .put("seconds", bundle.path("lastSeconds").asDouble()));
    }

    /** What is posted. */
    private record Request(String directory) {}

    /** One of the three. */
    private static final class Wish {
        @Option(names = "--bundle", paramLabel = "DIR", description = "Serve this bundle.")
        private @Nullable Path bundle;

        @Option(names = "--rollback", description = "Serve the bundle before again.")
        private boolean isRollback;

        @Option(names = "--status", description = "Tell which bundle is served.")
        private boolean isStatus;
    }
}
