package io.millrace.cli.serve;

import io.millrace.cli.console.CommonOptions;
import io.millrace.cli.console.TextTable;
import io.millrace.core.error.MillraceException;
import io.millrace.core.metrics.Figures;
import io.millrace.server.security.tokens.Role;
import io.millrace.server.security.tokens.TokenEntry;
import io.millrace.server.security.tokens.TokenFile;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** {@code millrace token}: the file of tokens that a server knows. */
@Command(
        name = "token",
        synopsisSubcommandLabel = "WHAT",
        commandListHeading = "%nWhat:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace token new --name feed --role write --tokens tokens.json",
            "  millrace token new --name app --role read --rate 500 --tokens tokens.json",
            "  millrace token list --tokens tokens.json",
            "  millrace token remove --name feed --tokens tokens.json"
        })
public final class TokenCommand implements Runnable {
    @Option(
            names = "--tokens",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description =
                    "The file of tokens (tokens.file of the server); new makes it where there is"
                            + " none.")
    private @Nullable Path file;

    /** Filled by picocli. */
    public TokenCommand() {}

    @Override
    public void run() {
        throw MillraceException.usage(
                "nothing to do given; name it, as in millrace token list --tokens tokens.json");
    }

    private Path file() {
        if (file == null) {
            throw MillraceException.usage(
                    "missing required option: '--tokens'; name the file of tokens");
        }
        return file;
    }

    @Command(
            name = "new",
            header = "make a token and print it, once; the file keeps its SHA-256",
            footerHeading = "%nExamples:%n",
            footer = "  millrace token new --name feed --role write --tokens tokens.json")
    void make(
            @Mixin CommonOptions common,
            @Option(
                            names = "--name",
                            required = true,
                            paramLabel = "NAME",
                            description = "What people call it.")
                    String name,
            @Option(
                            names = "--role",
                            required = true,
                            split = ",",
                            paramLabel = "ROLE",
                            description = "What it is for: ${COMPLETION-CANDIDATES}.")
                    List<Role> roles,
            @Option(
                            names = "--rate",
                            paramLabel = "R",
                            description = "Requests a second it may ask. Default: any number.")
                    @Nullable Double rate,
            @Option(
                            names = "--burst",
                            paramLabel = "N",
                            description =
                                    "With --rate: requests it may ask at once. Default: those of a"
                                            + " second.")
                    @Nullable Integer burst) {
        common.validate();
        String token = TokenFile.add(file(), name, roles, rate, burst);
        common.out().println(token);
        common.write(new Figures().put("name", name));
    }

    @Command(
            name = "list",
            header = "what tokens a file has, by name",
            footerHeading = "%nExamples:%n",
            footer = "  millrace token list --tokens tokens.json")
    void list(@Mixin CommonOptions common) {
        common.validate();
        List<TokenEntry> entries = TokenFile.read(file());
        TextTable table = new TextTable(1).row("name", "roles", "rate", "burst");
        for (TokenEntry entry : entries) {
            table.row(
                    entry.name(),
                    entry.roles().stream().map(Role::name).collect(Collectors.joining(",")),
                    entry.requestsPerSecond() == null ? "any" : entry.requestsPerSecond() + "/s",
                    entry.burst() == null ? "" : entry.burst().toString());
        }
        table.print(common.out(), "");
        common.write(new Figures().put("tokens", entries.size()));
    }

    @Command(
            name = "remove",
            header = "take a token back; the server closes it out within tls.reloadMs",
            footerHeading = "%nExamples:%n",
            footer = "  millrace token remove --name feed --tokens tokens.json")
    void remove(
            @Mixin CommonOptions common,
            @Option(
                            names = "--name",
                            required = true,
                            paramLabel = "NAME",
                            description = "Which one.")
                    String name) {
        common.validate();
        TokenFile.remove(file(), name);
        common.out().println("removed " + name);
        common.write(new Figures().put("name", name));
    }
}
