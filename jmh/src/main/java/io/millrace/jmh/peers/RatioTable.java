package io.millrace.jmh.peers;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;

import io.millrace.jmh.peers.driver.BuiltLine;
import io.millrace.jmh.peers.driver.Engine;

import org.jspecify.annotations.Nullable;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * The speeds of all engines at the same recalls, and how many times those of the others Millrace's
 * are.
 */
final class RatioTable {
    static final String NOT_REACHED = "not reached";
    static final String STARTS_ABOVE = "starts above";
    private static final String NONE = "-";
    private static final String GAP = "  ";
    private static final String FAILED = " *";

    private final List<PeerRun> runs;
    private final List<Double> recalls;
    private final int k;

    RatioTable(List<PeerRun> runs, List<Double> recalls, int k) {
        this.runs = runs;
        this.recalls = recalls;
        this.k = k;
    }

    /** Prints it, with a line for each engine that failed. */
    void print(PrintWriter out) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(heading());
        for (PeerRun run : runs) {
            rows.add(speeds(run));
        }
        PeerRun own = own();
        if (own != null) {
            for (PeerRun run : runs) {
                if (run != own) {
                    rows.add(ratios(own, run));
                }
            }
        }
        align(rows).forEach(out::println);
        for (PeerRun run : runs) {
            if (run.failure() != null) {
                out.println("*" + GAP + run.failure());
            }
        }
    }

    private @Nullable PeerRun own() {
        return runs.stream()
                .filter(run -> run.name().equals(Engine.MILLRACE.label()))
                .findFirst()
                .orElse(null);
    }

    private List<String> heading() {
        List<String> cells = new ArrayList<>();
        cells.add("queries/s at recall@" + k);
        for (double recall : recalls) {
            cells.add(String.valueOf(recall));
        }
        cells.addAll(List.of("build s", "bytes/vector", "huge MiB", "spread"));
        return cells;
    }

    private List<String> speeds(PeerRun run) {
        List<String> cells = new ArrayList<>();
        cells.add(run.name() + (run.failure() == null ? "" : FAILED));
        RecallCurve curve = run.curve();
        for (double recall : recalls) {
            cells.add(speed(curve, recall));
        }
        BuiltLine built = run.built();
        cells.add(built == null ? NONE : format("%,.1f", built.buildSeconds()));
        cells.add(
                built == null || built.bytesPerVector() == 0
                        ? NONE
                        : format("%,.0f", built.bytesPerVector()));
        ProcessMemory memory = run.memory();
        cells.add(
                memory == null || Double.isNaN(memory.hugePagesMb())
                        ? NONE
                        : format("%,.0f", memory.hugePagesMb()));
        OptionalDouble spread = curve.spread();
        cells.add(spread.isEmpty() ? NONE : format("%.2fx", spread.getAsDouble()));
        return cells;
    }

    private static String speed(RecallCurve curve, double recall) {
        OptionalDouble speed = curve.speedAt(recall);
        if (speed.isPresent()) {
            return format("%,.0f", speed.getAsDouble());
        }
        if (curve.points().isEmpty()) {
            return NONE;
        }
        return curve.startsAbove(recall) ? STARTS_ABOVE : NOT_REACHED;
    }

    private List<String> ratios(PeerRun own, PeerRun other) {
        List<String> cells = new ArrayList<>();
        cells.add(own.name() + "/" + other.name());
        for (double recall : recalls) {
            OptionalDouble first = own.curve().speedAt(recall);
            OptionalDouble second = other.curve().speedAt(recall);
            cells.add(
                    first.isPresent() && second.isPresent()
                            ? ratio(first.getAsDouble(), second.getAsDouble())
                            : NONE);
        }
        BuiltLine ownBuilt = own.built();
        BuiltLine otherBuilt = other.built();
        if (ownBuilt == null || otherBuilt == null) {
            cells.addAll(List.of(NONE, NONE));
        } else {
            cells.add(ratio(ownBuilt.buildSeconds(), otherBuilt.buildSeconds()));
            cells.add(ratio(ownBuilt.bytesPerVector(), otherBuilt.bytesPerVector()));
        }
        cells.addAll(List.of("", ""));
        return cells;
    }

    private static String ratio(double first, double second) {
        return first > 0 && second > 0 ? format("%.2fx", first / second) : NONE;
    }

    /** The first column to the left, the others to the right. */
    private static List<String> align(List<List<String>> rows) {
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                String space = " ".repeat(widths[i] - row.get(i).length());
                line.append(i == 0 ? row.get(i) + space : GAP + space + row.get(i));
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }

    @FormatMethod
    private static String format(@FormatString String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
