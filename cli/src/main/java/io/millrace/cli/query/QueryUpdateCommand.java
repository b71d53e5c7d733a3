package io.millrace.cli.query;

import io.millrace.cli.console.CommonOptions;
import io.millrace.client.MillraceClient;
import io.millrace.client.message.RankColumn;
import io.millrace.core.wire.codec.ScopeCode;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/** {@code millrace query update}: changes features of an item or a user. */
@Command(
        name = "update",
        header = "change features of an item or a user; the next request sees it",
        description = {
            "%nValues are raw, as in the data that was trained on (millrace query columns). Tags"
                + " are parted by |; nothing behind the = makes a feature missing. What is not"
                + " named stays as it is. When this command says so, the change is on the server's"
                + " disk.%n"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace query update --item 777 --set duration=31.5 --set 'tags=4|9'",
            "  millrace query update --user 12345 --set age=3 --set city="
        })
final class QueryUpdateCommand implements Runnable {
    @ParentCommand private QueryCommand query;
    @Mixin private CommonOptions common;

    @ArgGroup(multiplicity = "1")
    private Whose whose;

    @Option(
            names = "--set",
            required = true,
            paramLabel = "NAME=VALUE",
            description = "A feature and its new value.")
    private Map<String, String> values;

    /** Filled by picocli. */
    QueryUpdateCommand() {}

    @Override
    public void run() {
        common.validate();
        Long item = whose.item;
        ScopeCode scope = item == null ? ScopeCode.USER : ScopeCode.ITEM;
        long id =
                item == null ? Objects.requireNonNull(whose.user, "one of the two is given") : item;
        try (MillraceClient client = query.connect()) {
            List<RankColumn> columns = FeatureValues.columns(values, client.columns(scope));
            AnswerText.printChanged(common, client.update(scope, id, columns));
        }
    }

    /** Whose features change. */
    private static final class Whose {
        @Option(names = "--item", paramLabel = "ID", description = "An item of the catalogue.")
        private @Nullable Long item;

        @Option(
                names = "--user",
                paramLabel = "ID",
                description = "A user; one who is not yet known becomes known.")
        private @Nullable Long user;
    }
}
