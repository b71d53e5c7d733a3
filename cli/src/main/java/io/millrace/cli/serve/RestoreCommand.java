package io.millrace.cli.serve;

import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.cli.console.CommonOptions;
import io.millrace.cli.console.TextTable;
import io.millrace.cli.console.Texts;
import io.millrace.core.error.MillraceException;
import io.millrace.core.metrics.Figures;
import io.millrace.core.progress.ProgressListener;
import io.millrace.server.state.StateRestore;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;

/** {@code millrace restore}. */
@Command(
        name = "restore",
        description = {
            "%nGoes back to a snapshot of what a server keeps for its bundle. Of a running server"
                + " (--name): it opens the same bundle with that state and changes over without a"
                + " pause. Before a start (--snapshot and --state): the next start takes it."
                + " Changes since the snapshot are dropped, and told by number; the state before"
                + " stays in its folder.%n"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace restore --name before-the-import",
            "  millrace restore --snapshot /backup/before-the-import --state /data/state"
        })
public final class RestoreCommand implements Runnable {
    @Mixin CommonOptions common;
    @Mixin AdminOptions admin;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "Of the snapshot, in the running server's folder of snapshots.")
    private @Nullable String name;

    @Option(
            names = "--snapshot",
            paramLabel = "DIR",
            description = "Folder of the snapshot, where no server has the state open.")
    private @Nullable Path snapshot;

    @Option(
            names = "--state",
            paramLabel = "DIR",
            description = "The server's state: its key state, by default BUNDLE.state.")
    private @Nullable Path state;

    /** Filled by picocli. */
    public RestoreCommand() {}

    @Override
    public void run() {
        common.validate();
        if (name != null && snapshot == null && state == null) {
            restoreServed(name);
        } else if (name == null && snapshot != null && state != null) {
            restoreStopped(snapshot, state);
        } else {
            throw MillraceException.usage(
                    "say which state: --name NAME of a running server, or --snapshot DIR and"
                            + " --state DIR of a stopped one");
        }
    }

    private void restoreServed(String chosen) {
        try (AdminClient client = admin.connect();
                ProgressListener.Stage stage = common.progress().start("restore", -1)) {
            JsonNode begun = client.post("/restore", new Request(chosen));
            JsonNode status =
                    client.await("/bundle", begun, stage, "not restored, the state before goes on");
            print(
                    new TextTable().row("serving", status.path("directory").asText()),
                    status.path("fingerprint").asText(),
                    status.path("dropped").asLong());
        }
    }

    private void restoreStopped(Path folder, Path stateFolder) {
        StateRestore restore = StateRestore.offline(folder, stateFolder);
        print(
                new TextTable()
                        .row("state", restore.restored().toString())
                        .row("the one before", restore.before().toString()),
                restore.snapshot().fingerprint(),
                restore.dropped());
    }

    private void print(TextTable table, String fingerprint, long dropped) {
        table.row("of the bundle", fingerprint)
                .row(
                        "changes dropped",
                        dropped == StateRestore.UNKNOWN
                                ? "unknown: the journal was damaged"
                                : Texts.count(dropped))
                .print(common.out(), "");
        common.write(new Figures().put("fingerprint", fingerprint).put("dropped", dropped));
    }

    /** What is posted. */
    private record Request(String name) {}
}
