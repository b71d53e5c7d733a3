package io.millrace.cli.serve;

import io.millrace.cli.console.CommonOptions;
import io.millrace.cli.console.LogOptions;
import io.millrace.cli.console.LogText;
import io.millrace.cli.console.ShowOption;
import io.millrace.cli.console.TextTable;
import io.millrace.cli.console.Texts;
import io.millrace.core.metrics.Figures;
import io.millrace.server.replay.Replay;
import io.millrace.server.replay.ReplayDifference;
import io.millrace.server.replay.ReplayDifference.Slot;
import io.millrace.server.replay.ReplayReport;

import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

/** {@code millrace replay}. */
@Command(
        name = "replay",
        description = {
            "%nAnswers the requests of a log of impressions again (docs/impression-log.md), with"
                + " the bundle that answered them and the settings it was served with, and compares"
                + " items and scores bit for bit. Ends with 1 when an answer differs.%n"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace serve --bundle bundle --log impressions",
            "  millrace replay impressions --bundle bundle",
            "  millrace replay impressions/impressions-00000007.log --bundle bundle"
        })
public final class ReplayCommand implements Callable<Integer> {
    @Mixin CommonOptions common;
    @Mixin LogOptions options;
    @Mixin ShowOption show;

    /** Filled by picocli. */
    public ReplayCommand() {}

    @Override
    public Integer call() {
        common.validate();
        ReplayReport report =
                Replay.run(options.log(), options.bundle(), show.count(), common.progress());
        PrintWriter out = common.out();
        TextTable table =
                new TextTable()
                        .row("requests answered again", Texts.count(report.replayed()))
                        .row("equal bit for bit", Texts.count(report.equal()))
                        .row("different", Texts.count(report.different()));
        if (report.withLaterItems() > 0) {
            table.row("with items that came later, left out", Texts.count(report.withLaterItems()));
        }
        if (report.otherVectorBits() > 0) {
            table.row("logged on vectors of other width, bits", "" + report.otherVectorBits());
        }
        LogText.addTo(table, report.foreignFiles(), report.damage());
        table.print(out, "");
        report.first().forEach(difference -> print(difference, out));
        Figures figures =
                new Figures()
                        .put("requests", report.replayed())
                        .put("equal", report.equal())
                        .put("different", report.different())
                        .put("with_later_items", report.withLaterItems());
        LogText.addTo(figures, report.foreignFiles(), report.damage());
        common.write(figures);
        return report.different() == 0 ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private static void print(ReplayDifference difference, PrintWriter out) {
        out.println();
        out.println(
                difference.kind().label()
                        + " for "
                        + difference.subjectId()
                        + ", correlation "
                        + difference.correlationId()
                        + ", answered "
                        + Instant.ofEpochMilli(difference.answeredMs())
                        + (difference.otherParts().isEmpty()
                                ? ""
                                : "; differs as well: "
                                        + String.join(", ", difference.otherParts())));
        TextTable table = new TextTable().row("slot", "item", "score", "item now", "score now");
        int slots = Math.max(difference.logged().size(), difference.replayed().size());
        for (int slot = 0; slot < slots; slot++) {
            table.row(
                    String.valueOf(slot + 1),
                    item(difference.logged(), slot),
                    score(difference.logged(), slot),
                    item(difference.replayed(), slot),
                    score(difference.replayed(), slot));
        }
        table.print(out, "  ");
    }

    private static String item(List<Slot> slots, int slot) {
        return slot < slots.size() ? String.valueOf(slots.get(slot).itemId()) : "-";
    }

    private static String score(List<Slot> slots, int slot) {
        return slot < slots.size()
                ? String.format(
                        Locale.ROOT,
                        "%.9g (%08x)",
                        slots.get(slot).score(),
                        slots.get(slot).scoreBits())
                : "-";
    }
}
