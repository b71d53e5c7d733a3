package io.millrace.cli.load;

import io.millrace.cli.console.CommonOptions;
import io.millrace.cli.console.TextTable;
import io.millrace.cli.console.Texts;
import io.millrace.core.error.MillraceException;
import io.millrace.core.metrics.Figures;
import io.millrace.loadgen.compare.IntervalRun;
import io.millrace.loadgen.compare.RunComparison;
import io.millrace.loadgen.compare.RunComparison.Difference;
import io.millrace.loadgen.compare.RunFigure;
import io.millrace.loadgen.plan.ClosedLoop;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Prints whether two runs of load differ. */
final class LoadComparison {
    private static final double NS_PER_US = 1_000;

    private LoadComparison() {}

    /**
     * Compares.
     *
     * @param logs figures or interval logs of two runs.
     * @param seed of the bootstrap.
     * @param common where to.
     * @throws MillraceException when one is missing, none, or too short, or of another kind of loop
     *     than the other.
     */
    static void print(List<Path> logs, long seed, CommonOptions common) {
        IntervalRun first = RunComparison.read(logs.get(0));
        IntervalRun second = RunComparison.read(logs.get(1));
        List<Difference> differences = RunComparison.of(first, second, seed);
        TextTable table = new TextTable().row("", "A", "B", "B / A", "95 % bounds", "");
        Figures figures = new Figures();
        for (Difference difference : differences) {
            RunFigure figure = difference.figure();
            table.row(
                    figure.label(),
                    value(figure, difference.first()),
                    value(figure, difference.second()),
                    ratio(difference.ratio()),
                    ratio(difference.low()) + " to " + ratio(difference.high()),
                    difference.isSeen() ? "differs" : "no difference seen");
            String key = figure.name().toLowerCase(Locale.ROOT);
            figures.put(key + ".ratio", difference.ratio())
                    .put(key + ".low", difference.low())
                    .put(key + ".high", difference.high())
                    .put(key + ".differs", difference.isSeen() ? 1 : 0);
        }
        PrintWriter out = common.out();
        out.println("A " + logs.get(0));
        out.println("B " + logs.get(1));
        if (first.underWay() > 0) {
            out.println("A is a " + ClosedLoop.label(first.underWay()));
            out.println("B is a " + ClosedLoop.label(second.underWay()));
            figures.put("under_way.first", first.underWay())
                    .put("under_way.second", second.underWay());
        }
        table.print(out, "");
        common.write(figures);
    }

    private static String value(RunFigure figure, double value) {
        return figure == RunFigure.RATE
                ? Texts.number(value, 0) + "/s"
                : Texts.micros(value / NS_PER_US);
    }

    private static String ratio(double ratio) {
        return Texts.number(ratio, 3);
    }
}
