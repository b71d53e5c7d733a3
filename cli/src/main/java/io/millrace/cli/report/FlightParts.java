package io.millrace.cli.report;

import io.millrace.cli.console.Texts;
import io.millrace.cli.report.ReportData.Table;
import io.millrace.core.error.MillraceException;
import io.millrace.core.metrics.Figures;

import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Parts of a report that tell of a flight recording of the server or of the generator: pauses of
 * its Java machine, and the server's slowest requests. What lies before the measured part is left
 * out.
 */
public final class FlightParts {
    /** The process that answers. */
    public static final String SERVER = "server";

    /** The process that loads it. */
    public static final String GENERATOR = "generator";

    private static final String REQUEST = "io.millrace.Request";
    private static final List<String> STAGES =
            List.of("queue", "user", "embed", "retrieve", "rank", "rerank", "encode");
    private static final int SLOWEST = 10;
    private static final double NS_PER_US = 1e3;
    private static final double MS_PER_SECOND = 1e3;

    private final Pauses collections = new Pauses();
    private final Pauses safepoints = new Pauses();
    private final Pauses reached = new Pauses();
    private final List<RecordedEvent> requests = new ArrayList<>();
    private final String process;
    private final Instant start;

    private FlightParts(String process, Instant start) {
        this.process = process;
        this.start = start;
    }

    /** Pauses of one kind. */
    private static final class Pauses {
        private long count;
        private double totalUs;
        private double maxUs;

        void add(double us) {
            count++;
            totalUs += us;
            maxUs = Math.max(maxUs, us);
        }

        List<String> row(String name) {
            return List.of(name, Texts.count(count), Texts.micros(maxUs), Texts.micros(totalUs));
        }
    }

    /**
     * Reads a recording.
     *
     * @param file of the JDK's flight recorder.
     * @param process whose it is, {@link #SERVER} or {@link #GENERATOR}.
     * @param start of the measured part.
     * @return what it tells.
     * @throws MillraceException IO when it cannot be read.
     */
    public static FlightParts read(Path file, String process, Instant start) {
        FlightParts parts = new FlightParts(process, start);
        try (RecordingFile recording = new RecordingFile(file)) {
            while (recording.hasMoreEvents()) {
                parts.add(recording.readEvent());
            }
        } catch (IOException e) {
            throw MillraceException.io("read a flight recording", file, e);
        }
        parts.requests.sort(
                Comparator.comparingDouble((RecordedEvent e) -> us(e, "service")).reversed());
        return parts;
    }

    private void add(RecordedEvent event) {
        if (event.getStartTime().isBefore(start)) {
            return;
        }
        switch (event.getEventType().getName()) {
            case "jdk.GarbageCollection" -> collections.add(us(event, "sumOfPauses"));
            case "jdk.ExecuteVMOperation" -> {
                if (event.getBoolean("safepoint")) {
                    safepoints.add(event.getDuration().toNanos() / NS_PER_US);
                }
            }
            case "jdk.SafepointBegin" -> reached.add(event.getDuration().toNanos() / NS_PER_US);
            case REQUEST -> requests.add(event);
            default -> {}
        }
    }

    private static double us(RecordedEvent event, String field) {
        return event.getDuration(field).toNanos() / NS_PER_US;
    }

    /**
     * Pauses, and the slowest requests.
     *
     * @return the tables.
     */
    public List<Table> tables() {
        List<Table> tables = new ArrayList<>();
        tables.add(
                new Table(
                        "Pauses of the " + process + "'s Java machine",
                        "From its flight recording.",
                        List.of("", "times", "longest", "together"),
                        List.of(
                                collections.row("collections of garbage"),
                                safepoints.row("work at safepoints"),
                                reached.row("until a safepoint was reached"))));
        if (!requests.isEmpty()) {
            tables.add(slowest());
        }
        return tables;
    }

    private Table slowest() {
        List<String> columns = new ArrayList<>(List.of("second", "request", "took"));
        columns.addAll(STAGES);
        List<List<String>> rows = new ArrayList<>();
        for (RecordedEvent request : requests.subList(0, Math.min(SLOWEST, requests.size()))) {
            double ms = request.getEndTime().toEpochMilli() - start.toEpochMilli();
            List<String> row = new ArrayList<>();
            row.add(Texts.number(ms / MS_PER_SECOND, 2));
            row.add(request.getString("kind"));
            row.add(Texts.micros(us(request, "service")));
            for (String stage : STAGES) {
                row.add(Texts.micros(us(request, stage)));
            }
            rows.add(row);
        }
        return new Table(
                "Slowest requests of the server",
                Texts.count(requests.size()) + " were slow enough to be recorded.",
                columns,
                rows);
    }

    /**
     * The same for programs.
     *
     * @return a new object.
     */
    public Figures figures() {
        boolean isServer = process.equals(SERVER);
        String prefix = isServer ? "flight." : "generator_flight.";
        Figures figures =
                new Figures()
                        .put(prefix + "collections", collections.count)
                        .put(prefix + "collection_pause_max_us", collections.maxUs)
                        .put(prefix + "safepoints", safepoints.count)
                        .put(prefix + "safepoint_max_us", safepoints.maxUs);
        return isServer ? figures.put(prefix + "slow_requests", requests.size()) : figures;
    }
}
