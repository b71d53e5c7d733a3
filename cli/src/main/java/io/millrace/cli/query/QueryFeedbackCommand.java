package io.millrace.cli.query;

import io.millrace.cli.console.CommonOptions;
import io.millrace.client.MillraceClient;
import io.millrace.client.message.Answer;
import io.millrace.client.message.FeedbackEvent;
import io.millrace.core.error.MillraceException;
import io.millrace.core.wire.codec.EventCode;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

import java.util.ArrayList;
import java.util.List;

/** {@code millrace query feedback}: tells a server what a user did. */
@Command(
        name = "feedback",
        header = "tell what a user did; the next request sees it",
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace query feedback --user 12345 --shown 777,778,779 --click 778",
            "  millrace query feedback --user 12345 --long-watch 778 --watched-share 0.9"
        })
final class QueryFeedbackCommand implements Runnable {
    @ParentCommand private QueryCommand query;
    @Mixin private CommonOptions common;
    @Mixin private ExperimentOption experiment;

    @Option(names = "--user", required = true, paramLabel = "ID", description = "Who did it.")
    private long user;

    @Option(
            names = "--time-ms",
            paramLabel = "MS",
            defaultValue = "0",
            description = "When, since 1970 UTC. Default: now.")
    private long timeMs;

    @Option(
            names = "--shown",
            paramLabel = "ID",
            split = ",",
            description = "Items that were shown.")
    private long @Nullable [] shown;

    @Option(
            names = "--click",
            paramLabel = "ID",
            split = ",",
            description = "Items that were clicked.")
    private long @Nullable [] clicked;

    @Option(
            names = "--watch",
            paramLabel = "ID",
            split = ",",
            description = "Items that were watched, the latest last.")
    private long @Nullable [] watched;

    @Option(
            names = "--long-watch",
            paramLabel = "ID",
            split = ",",
            description = "Items that were watched for long, the latest last.")
    private long @Nullable [] longWatched;

    @Option(
            names = "--like",
            paramLabel = "ID",
            split = ",",
            description = "Items that were liked, the latest last.")
    private long @Nullable [] liked;

    @Option(
            names = "--watched-share",
            paramLabel = "SHARE",
            defaultValue = "NaN",
            description = "How much of what was watched, 1 for all of it. Default: not known.")
    private float watchedShare;

    /** Filled by picocli. */
    QueryFeedbackCommand() {}

    @Override
    public void run() {
        common.validate();
        List<FeedbackEvent> events = new ArrayList<>();
        add(events, EventCode.IMPRESSION, shown);
        add(events, EventCode.CLICK, clicked);
        add(events, EventCode.WATCH, watched);
        add(events, EventCode.LONG_WATCH, longWatched);
        add(events, EventCode.LIKE, liked);
        if (events.isEmpty()) {
            throw MillraceException.usage(
                    "nothing to tell; name items, as in --shown 777,778 --click 778");
        }
        try (MillraceClient client = query.connect()) {
            Answer answer = client.feedback(user, timeMs, events, experiment.key());
            AnswerText.printRemembered(common, answer, events.size());
        }
    }

    private void add(List<FeedbackEvent> events, EventCode kind, long @Nullable [] itemIds) {
        boolean isWatch = kind == EventCode.WATCH || kind == EventCode.LONG_WATCH;
        if (itemIds != null) {
            for (long itemId : itemIds) {
                events.add(new FeedbackEvent(kind, itemId, isWatch ? watchedShare : Float.NaN));
            }
        }
    }
}
