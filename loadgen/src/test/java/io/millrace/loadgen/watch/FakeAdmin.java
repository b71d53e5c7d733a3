package io.millrace.loadgen.watch;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import io.millrace.core.json.Json;
import io.millrace.core.metrics.ProcessUsage;
import io.millrace.core.metrics.StageBand;

import org.HdrHistogram.Histogram;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/** An admin port whose counters grow by the same with each question. */
final class FakeAdmin implements AutoCloseable {
    static final int REQUESTS = 40;
    static final long SERVICE_NS = 2_000_000;

    private final HttpServer server;
    private final AtomicInteger asked = new AtomicInteger();
    private volatile int status = 200;
    private volatile boolean isRestarted;
    private volatile String leftOut = "";

    FakeAdmin() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/stats", this::answer);
        server.start();
    }

    AdminPages pages() {
        return new AdminPages("127.0.0.1", server.getAddress().getPort());
    }

    /** From now on refuses, or answers again. */
    void status(int value) {
        status = value;
    }

    /** From now on counts from the beginning. */
    void restart() {
        isRestarted = true;
    }

    /** From now on does not tell of something. */
    void leaveOut(String key) {
        leftOut = key;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = page(asked.incrementAndGet()).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private String page(int number) throws IOException {
        int times = isRestarted ? 0 : number;
        long count = (long) REQUESTS * times;
        Map<String, Object> root = new TreeMap<>();
        root.put("uptime_seconds", 1.0 * times);
        root.put("requests", Map.of("recommend.OK", count, "recommend.OVERLOADED", 2L * times));
        root.put("degraded", 3L * times);
        root.put("allocated_bytes", 1_000L * times);
        root.put("service", histogram(count, SERVICE_NS));
        root.put("hiccups", histogram(times, times == 3 ? 50_000_000 : 1_000_000));
        root.put("stages", Map.of("rank", histogram(count, SERVICE_NS / 2)));
        root.put(
                "bands",
                List.of(
                        new StageBand(
                                StageBand.of(SERVICE_NS),
                                count,
                                count * SERVICE_NS,
                                Map.of("rank", count * SERVICE_NS / 2))));
        root.put(
                "process",
                new ProcessUsage(
                        0.5 * times, 0.25 * times, 10L * times, 0, 0, 0, 77 << 20, 0, 0, 0));
        root.put("environment", Map.of("java", "25"));
        root.remove(leftOut);
        return Json.mapper().writeValueAsString(root);
    }

    /** So many of one value, but for hiccups, which are as long as those before or longer. */
    private static Map<String, Object> histogram(long count, long ns) {
        Histogram histogram = new Histogram(60_000_000_000L, 2);
        if (ns == 50_000_000 || (count > 3 && ns == 1_000_000)) {
            histogram.recordValue(50_000_000);
            histogram.recordValueWithCount(1_000_000, count - 1);
        } else if (count > 0) {
            histogram.recordValueWithCount(ns, count);
        }
        ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        int length = histogram.encodeIntoCompressedByteBuffer(buffer);
        byte[] packed = Arrays.copyOf(buffer.array(), length);
        return Map.of("histogram", Base64.getEncoder().encodeToString(packed));
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
