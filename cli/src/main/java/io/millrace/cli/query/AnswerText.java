package io.millrace.cli.query;

import io.millrace.cli.console.CommonOptions;
import io.millrace.cli.console.TextTable;
import io.millrace.cli.console.Texts;
import io.millrace.client.message.Answer;
import io.millrace.client.message.ContextField;
import io.millrace.client.message.RankColumns;
import io.millrace.client.message.ServerInfo;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.metrics.Figures;
import io.millrace.core.wire.Status;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a server answered, for people and for programs. */
final class AnswerText {
    private static final double NS_PER_US = 1e3;
    private static final double PERCENT = 100;

    private AnswerText() {}

    /** Prints an answer; one that is not OK becomes an error. */
    static void print(CommonOptions common, Answer answer) {
        common.write(figures(answer));
        requireOk(answer);
        PrintWriter out = common.out();
        TextTable table = new TextTable().row("place", "item", "score", "source");
        for (int i = 0; i < answer.itemIds().length; i++) {
            table.row(
                    String.valueOf(i + 1),
                    String.valueOf(answer.itemIds()[i]),
                    Texts.number(answer.scores()[i], 5),
                    source(answer, i));
        }
        table.print(out, "");
        String reason = reason(answer);
        out.println(
                "retrieved "
                        + Texts.count(answer.retrieved())
                        + ", ranked "
                        + Texts.count(answer.ranked())
                        + ", answered "
                        + answer.itemIds().length
                        + " in "
                        + Texts.micros(answer.serviceNs() / NS_PER_US)
                        + (reason.equals("none") ? "" : ", reason " + reason)
                        + (answer.degraded() == 0 ? "" : ", degraded " + answer.degraded()));
        printStages(common, answer);
    }

    /** The stages that were passed, where their times were asked for. */
    private static void printStages(CommonOptions common, Answer answer) {
        if (answer.stageNs().isEmpty()) {
            return;
        }
        TextTable table = new TextTable().row("stage", "time", "of all");
        answer.stageNs()
                .forEach(
                        (stage, ns) ->
                                table.row(
                                        stage,
                                        Texts.micros(ns / NS_PER_US),
                                        Texts.number(PERCENT * ns / answer.serviceNs(), 1) + " %"));
        common.out().println();
        table.print(common.out(), "");
    }

    /** Prints that events were remembered; an answer that is not OK becomes an error. */
    static void printRemembered(CommonOptions common, Answer answer, int events) {
        common.write(
                new Figures()
                        .put("status", status(answer))
                        .put("events", answer.isOk() ? events : 0)
                        .put("service_us", answer.serviceNs() / NS_PER_US)
                        .put("fingerprint", fingerprint(answer.fingerprint())));
        requireOk(answer);
        common.out()
                .println(
                        "remembered "
                                + Texts.count(events)
                                + (events == 1 ? " event" : " events")
                                + " in "
                                + Texts.micros(answer.serviceNs() / NS_PER_US));
    }

    /** Prints that something was changed; an answer that is not OK becomes an error. */
    static void printChanged(CommonOptions common, Answer answer) {
        common.write(
                new Figures()
                        .put("status", status(answer))
                        .put("service_us", answer.serviceNs() / NS_PER_US)
                        .put("fingerprint", fingerprint(answer.fingerprint())));
        requireOk(answer);
        common.out().println("changed in " + Texts.micros(answer.serviceNs() / NS_PER_US));
    }

    private static void requireOk(Answer answer) {
        requireOk(answer.status(), answer.message());
    }

    /** Has a status that is not OK become an error. */
    static void requireOk(Status status, String message) {
        if (status != Status.OK) {
            throw MillraceException.of(
                    code(status), "the server refused: status=%s, message=%s", status, message);
        }
    }

    private static String status(Answer answer) {
        return word(answer.status());
    }

    /** A constant as figures have it. */
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static Figures figures(Answer answer) {
        List<Figures> items = new ArrayList<>();
        for (int i = 0; i < answer.itemIds().length; i++) {
            items.add(
                    new Figures()
                            .put("item", answer.itemIds()[i])
                            .put("score", answer.scores()[i])
                            .put("source", source(answer, i)));
        }
        Figures figures =
                new Figures()
                        .put("status", status(answer))
                        .put("reason", reason(answer))
                        .put("degraded", answer.degraded())
                        .put("retrieved", answer.retrieved())
                        .put("ranked", answer.ranked())
                        .put("answered", answer.itemIds().length)
                        .put("service_us", answer.serviceNs() / NS_PER_US)
                        .put("fingerprint", fingerprint(answer.fingerprint()))
                        .put("results", items);
        answer.stageNs()
                .forEach((stage, ns) -> figures.put("stages." + stage + "_us", ns / NS_PER_US));
        return figures;
    }

    private static String source(Answer answer, int place) {
        return answer.sourceName(place).toLowerCase(Locale.ROOT);
    }

    private static String reason(Answer answer) {
        return word(answer.reason());
    }

    /** Prints what a server serves. */
    static void print(CommonOptions common, ServerInfo info) {
        String fields =
                info.contextFields().stream()
                        .map(ContextField::name)
                        .collect(Collectors.joining(", "));
        new TextTable()
                .row("version", info.version())
                .row("protocol", String.valueOf(info.protocolVersion()))
                .row("bundle", fingerprint(info.fingerprint()))
                .row("items", Texts.count(info.items()))
                .row("users", Texts.count(info.users()))
                .row("dimension", Texts.count(info.dimension()))
                .row("largest k", Texts.count(info.maxK()))
                .row("context fields", fields)
                .row("some users", Arrays.toString(info.sampleUsers()))
                .row("some items", Arrays.toString(info.sampleItems()))
                .print(common.out(), "");
        common.write(
                new Figures()
                        .put("version", info.version())
                        .put("protocol_version", info.protocolVersion())
                        .put("fingerprint", fingerprint(info.fingerprint()))
                        .put("items", info.items())
                        .put("users", info.users())
                        .put("dimension", info.dimension())
                        .put("max_k", info.maxK()));
    }

    /** Prints what candidates may bring. */
    static void print(CommonOptions common, RankColumns columns) {
        TextTable table = new TextTable().row("feature", "values", "at most");
        List<Figures> figures = new ArrayList<>();
        for (RankColumns.Column column : columns.columns()) {
            String form = column.form().name().toLowerCase(Locale.ROOT);
            table.row(column.name(), form, Texts.count(column.maxValues()));
            figures.add(
                    new Figures()
                            .put("name", column.name())
                            .put("form", form)
                            .put("max_values", column.maxValues()));
        }
        table.print(common.out(), "");
        common.out()
                .println(
                        "up to "
                                + Texts.count(columns.maxCandidates())
                                + " candidates, "
                                + Texts.bytes(columns.maxColumnBytes())
                                + " of values");
        common.write(
                new Figures()
                        .put("fingerprint", fingerprint(columns.fingerprint()))
                        .put("max_candidates", columns.maxCandidates())
                        .put("max_column_bytes", columns.maxColumnBytes())
                        .put("columns", figures));
    }

    static String fingerprint(long bits) {
        return String.format(Locale.ROOT, "%016x", bits);
    }

    private static ErrorCode code(Status status) {
        return switch (status) {
            case UNKNOWN_ITEM -> ErrorCode.NOT_FOUND;
            case BAD_REQUEST -> ErrorCode.BAD_INPUT;
            case UNSUPPORTED_VERSION -> ErrorCode.UNSUPPORTED_VERSION;
            case TOO_LARGE -> ErrorCode.LIMIT;
            default -> ErrorCode.UNAVAILABLE;
        };
    }
}
