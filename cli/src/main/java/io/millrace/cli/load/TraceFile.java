package io.millrace.cli.load;

import io.millrace.core.error.MillraceException;
import io.millrace.core.log.LogFileReader;
import io.millrace.core.log.LogFiles;
import io.millrace.loadgen.plan.LoadTrace;
import io.millrace.ranker.impression.Impression;
import io.millrace.ranker.impression.ImpressionDescription;
import io.millrace.ranker.impression.ImpressionLayout;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Reads when requests came and for whom: from lines of {@code milliseconds,user}, or from a log of
 * impressions.
 */
public final class TraceFile {
    private static final Pattern SEPARATOR = Pattern.compile("[,;\\t ]+");
    private static final double NS_PER_MS = 1e6;

    private TraceFile() {}

    /** A request that came. */
    private record Recorded(double ms, long userId) {}

    /**
     * Reads a trace.
     *
     * @param path a text file, or the folder or a file of a log.
     * @return its requests in the order of their times, whatever that in the file.
     * @throws MillraceException when a line makes no sense, or there are too few.
     */
    public static LoadTrace read(Path path) {
        List<Recorded> recorded = isLog(path) ? readLog(path) : readLines(path);
        if (recorded.size() < 2) {
            throw MillraceException.badInput(
                    "too few requests in the trace: file=%s, requests=%d, least=2",
                    path, recorded.size());
        }
        recorded.sort(Comparator.comparingDouble(Recorded::ms));
        double firstMs = recorded.getFirst().ms();
        return new LoadTrace(
                recorded.stream()
                        .mapToLong(one -> Math.round((one.ms() - firstMs) * NS_PER_MS))
                        .toArray(),
                recorded.stream().mapToLong(Recorded::userId).toArray());
    }

    private static boolean isLog(Path path) {
        return Files.isDirectory(path) || path.toString().endsWith(".log");
    }

    /** Recommendations only: other requests are mixed in by their shares. */
    private static List<Recorded> readLog(Path path) {
        List<Recorded> recorded = new ArrayList<>();
        for (Path file : LogFiles.of(path, ImpressionDescription.KIND)) {
            try (LogFileReader reader = LogFileReader.open(file, ImpressionDescription.KIND)) {
                if (reader.hasHeader()) {
                    readInto(reader, recorded);
                }
            }
        }
        return recorded;
    }

    private static void readInto(LogFileReader reader, List<Recorded> recorded) {
        ImpressionDescription description =
                ImpressionDescription.of(reader.description(), reader.path());
        Impression impression = new Impression(description.layout());
        while (reader.next()) {
            if (impression.wrap(reader.segment(), reader.offset(), reader.length())
                    && impression.kind() == ImpressionLayout.RECOMMEND) {
                recorded.add(new Recorded(impression.answeredMs(), impression.subjectId()));
            }
        }
    }

    private static List<Recorded> readLines(Path path) {
        List<Recorded> recorded = new ArrayList<>();
        try (BufferedReader reader = Files.newBufferedReader(path)) {
            int number = 0;
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                number++;
                if (!line.isBlank() && !(number == 1 && isHeader(line))) {
                    recorded.add(recorded(path, number, line));
                }
            }
        } catch (CharacterCodingException e) {
            throw MillraceException.badInput("not utf-8: file=%s; give a text file", path);
        } catch (IOException e) {
            throw MillraceException.io("read a trace", path, e);
        }
        return recorded;
    }

    private static boolean isHeader(String line) {
        return Character.isLetter(line.strip().charAt(0));
    }

    private static Recorded recorded(Path path, int number, String line) {
        String[] parts = SEPARATOR.split(line.strip(), -1);
        if (parts.length != 2) {
            throw noLine(path, number, line);
        }
        try {
            double ms = Double.parseDouble(parts[0]);
            if (!Double.isFinite(ms)) {
                throw noLine(path, number, line);
            }
            return new Recorded(ms, Long.parseLong(parts[1]));
        } catch (NumberFormatException e) {
            throw noLine(path, number, line);
        }
    }

    private static MillraceException noLine(Path path, int number, String line) {
        return MillraceException.badInput(
                "not a request of a trace: file=%s, line=%d, '%s'; write milliseconds and a user"
                        + " id, as in 1699142400123,777",
                path, number, line);
    }
}
