package io.millrace.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.bundle.BundleFile;
import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.bundle.BundleManifest;
import io.millrace.core.file.TemporaryPaths;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.wire.Status;
import io.millrace.server.config.ServerConfig;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/** Files of a bundle that are damaged while it is served. */
@Timeout(120)
class ScrubServingTest {
    private static final int USERS = 40;

    @TempDir private Path folder;
    private Path first = Path.of("");
    private Path second = Path.of("");
    private MillraceServer server;
    private WireClient client;

    @BeforeEach
    void serve() throws IOException {
        first = new TinyBundle(500, USERS).write(folder.resolve("first"));
        second = new TinyBundle(300, USERS).write(folder.resolve("second"));
        server = MillraceServer.start(config(1_000));
        client = new WireClient(server.port());
    }

    private ServerConfig config(int megabytesPerSecond) {
        return TestServers.config()
                .with("bundle", first.toString())
                .with("network.adminPort", 0)
                .with("scrub.megabytesPerSecond", megabytesPerSecond)
                .with("funnel.warmUpRequests", 0);
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        server.close();
    }

    /** Mapped ones and those that were read into memory. */
    @ParameterizedTest
    @ValueSource(strings = {BundleLayout.ITEMS, BundleLayout.USERS, BundleLayout.INDEX})
    void shouldNotBeReadyWhenAFileIsDamaged(String name) throws Exception {
        await(() -> metric("scrub_passes_total") > 1);
        assertEquals("ready\n", page("/readyz", 200));
        flip(first.resolve(name));
        await(() -> metric("scrub_errors_total") == 1);
        await(() -> metric("ready") == 0);
        assertEquals("damaged\n", page("/readyz", 503));
        // It answers, and tells it once.
        assertEquals(Status.OK, client.ask(Frames.recommend(1, 10, 5)).status());
        Thread.sleep(300);
        assertEquals(1, metric("scrub_errors_total"));
        server.swap(second, ProgressListener.NONE);
        assertEquals("ready\n", page("/readyz", 200));
        double passes = metric("scrub_passes_total");
        await(() -> metric("scrub_passes_total") > passes + 1);
        assertEquals(1, metric("scrub_errors_total"));
    }

    @Test
    void shouldServeTheBundleBeforeWhenAFileIsDamaged() throws Exception {
        server.swap(second, ProgressListener.NONE);
        assertEquals(300, client.info(0).items());
        flip(second.resolve(BundleLayout.ITEMS));
        await(() -> first.toString().equals(server.config().bundle()));
        assertEquals(500, client.info(0).items());
        await(() -> metric("ready") == 1);
        assertEquals(1, metric("scrub_errors_total"));
    }

    /** What is served is what was opened, which nobody has damaged. */
    @Test
    void shouldStayReadyWhenTheFolderIsGone() throws Exception {
        await(() -> metric("scrub_passes_total") > 0);
        TemporaryPaths.remove(first);
        double passes = metric("scrub_passes_total");
        await(() -> metric("scrub_passes_total") > passes + 2);
        assertEquals("ready\n", page("/readyz", 200));
        assertEquals(0, metric("scrub_errors_total"));
    }

    @Test
    void shouldReadNoFasterThanItMay() throws Exception {
        client.close();
        server.close();
        long all =
                BundleManifest.read(first).files().values().stream()
                        .mapToLong(BundleFile::bytes)
                        .sum();
        long beginNs = System.nanoTime();
        server = MillraceServer.start(config(1));
        client = new WireClient(server.port());
        await(() -> metric("scrub_bytes_total") >= all);
        double seconds = (System.nanoTime() - beginNs) / 1e9;
        double paced = metric("scrub_bytes_total") / 1e6;
        // One piece is read before the first pause.
        assertTrue(seconds > paced - 0.3, seconds + " s for " + paced + " MB");
    }

    @Test
    void shouldLookAtNothingWhenSwitchedOff() throws Exception {
        client.close();
        server.close();
        server = MillraceServer.start(config(0));
        client = new WireClient(server.port());
        assertTrue(!page("/metrics", 200).contains("scrub_bytes_total"));
    }

    /** By a mapping of its own, as whoever writes over it by mistake would. */
    private static void flip(Path file) throws IOException {
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            MappedByteBuffer bytes =
                    open.getChannel().map(FileChannel.MapMode.READ_WRITE, 0, open.length());
            int at = bytes.capacity() / 2;
            bytes.put(at, (byte) (bytes.get(at) ^ 4));
        }
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            Thread.sleep(5);
        }
    }

    private double metric(String name) {
        return page("/metrics", 200)
                .lines()
                .filter(line -> line.startsWith("millrace_" + name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .findFirst()
                .orElse(Double.NaN);
    }

    private String page(String path, int status) {
        URI uri = URI.create("http://127.0.0.1:" + server.adminPort() + path);
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> response =
                    http.send(
                            HttpRequest.newBuilder(uri).build(),
                            HttpResponse.BodyHandlers.ofString());
            assertEquals(status, response.statusCode(), response.body());
            return response.body();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
