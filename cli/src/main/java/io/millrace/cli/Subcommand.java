package io.millrace.cli;

import io.millrace.cli.ann.AnnCommand;
import io.millrace.cli.ann.PlanCommand;
import io.millrace.cli.data.BuildCommand;
import io.millrace.cli.data.EvalCommand;
import io.millrace.cli.data.ImportCommand;
import io.millrace.cli.data.InspectCommand;
import io.millrace.cli.data.ScoreCommand;
import io.millrace.cli.data.SimulateCommand;
import io.millrace.cli.data.TrainCommand;
import io.millrace.cli.data.VerifyParityCommand;
import io.millrace.cli.demo.DemoCommand;
import io.millrace.cli.load.LoadCommand;
import io.millrace.cli.query.QueryCommand;
import io.millrace.cli.serve.ReplayCommand;
import io.millrace.cli.serve.RestoreCommand;
import io.millrace.cli.serve.ServeCommand;
import io.millrace.cli.serve.SnapshotCommand;
import io.millrace.cli.serve.SwapCommand;
import io.millrace.cli.serve.TokenCommand;
import io.millrace.cli.wire.CodecsCommand;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** The commands, in the order of the help. */
enum Subcommand {
    DEMO("demo", "simulate, train, build, serve, load and judge: the whole funnel at once"),
    SIMULATE("simulate", "make a data set of a simulated world"),
    IMPORT("import", "make a data set of real data"),
    TRAIN("train", "train towers and ranker on a data set"),
    BUILD("build", "make a bundle of a data set and its models"),
    INSPECT("inspect", "check a bundle and say what is in it"),
    SERVE("serve", "answer requests from a bundle"),
    SWAP("swap", "have a server serve another bundle without a pause"),
    SNAPSHOT("snapshot", "write the state of a server as it is at one moment"),
    RESTORE("restore", "go back to a snapshot of the state"),
    TOKEN("token", "make, list and take back the tokens that a server knows"),
    QUERY("query", "ask a server once"),
    LOAD("load", "put open-loop load on a server and measure"),
    REPLAY("replay", "answer logged requests again and compare"),
    VERIFY_PARITY("verify-parity", "compare the features of serving with those of training"),
    EVAL("eval", "measure a bundle against baselines on held-out data"),
    SCORE("score", "give the logits of ranker weights made elsewhere"),
    ANN("ann", "measure the vector index on given vectors"),
    PLAN("plan", "say what memory and file of an index will take"),
    CODECS("codecs", "make sources of the wire protocol for other languages");

    private final String label;
    private final String summary;

    Subcommand(String label, String summary) {
        this.label = label;
        this.summary = summary;
    }

    String label() {
        return label;
    }

    /** The command with all it can do. */
    CommandLine load() {
        return described(
                new CommandLine(
                        switch (this) {
                            case DEMO -> new DemoCommand();
                            case SIMULATE -> new SimulateCommand();
                            case IMPORT -> new ImportCommand();
                            case TRAIN -> new TrainCommand();
                            case BUILD -> new BuildCommand();
                            case INSPECT -> new InspectCommand();
                            case SERVE -> new ServeCommand();
                            case SWAP -> new SwapCommand();
                            case SNAPSHOT -> new SnapshotCommand();
                            case RESTORE -> new RestoreCommand();
                            case TOKEN -> new TokenCommand();
                            case QUERY -> new QueryCommand();
                            case LOAD -> new LoadCommand();
                            case REPLAY -> new ReplayCommand();
                            case VERIFY_PARITY -> new VerifyParityCommand();
                            case EVAL -> new EvalCommand();
                            case SCORE -> new ScoreCommand();
                            case ANN -> new AnnCommand();
                            case PLAN -> new PlanCommand();
                            case CODECS -> new CodecsCommand();
                        }));
    }

    /** Its name and what it is for, for the help of the root. */
    CommandLine stub() {
        return described(new CommandLine(CommandSpec.create().name(label)));
    }

    private CommandLine described(CommandLine command) {
        command.getCommandSpec().usageMessage().header(summary);
        return command;
    }
}
