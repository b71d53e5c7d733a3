package io.millrace.server.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.EventCode;
import io.millrace.server.Frames;
import io.millrace.server.Frames.Column;
import io.millrace.server.Frames.Event;
import io.millrace.server.PreloadedLibrary;
import io.millrace.server.ServerProcess;
import io.millrace.server.TinyBundle;
import io.millrace.server.WireClient;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A process that serves, with stores, journal, log and pages, connects to nobody but itself, and
 * looks nobody up: no library of it does, either.
 */
@Timeout(60)
class OutboundTest {
    @TempDir private Path folder;

    @Test
    void shouldConnectToNobodyButItselfWhenServing() throws Exception {
        Path bundle = new TinyBundle(300, 40).write(folder.resolve("bundle"));
        PreloadedLibrary library =
                PreloadedLibrary.compile(OutboundTest.class, "connect-log", folder);
        Path connects = folder.resolve("connects");
        try (ServerProcess server =
                        new ServerProcess(
                                folder.resolve("server.log"),
                                List.of(),
                                library.environment("MILLRACE_TEST_CONNECTS", connects),
                                ServerProcess.StoppableMain.class,
                                bundle.toString(),
                                folder.resolve("log").toString());
                WireClient client = new WireClient(server.port())) {
            ask(client);
            gateway(server.adminPort());
            assertEquals(0, server.stop());
        }

        Set<String> connected = new TreeSet<>(Files.readAllLines(connects));
        // Requests in JSON are frames on a connection of the server to itself.
        assertEquals(Set.of("connect 127.0.0.1"), withoutForms(connected), connected.toString());
    }

    /** Loopback is one, however its address is written; to look up an address asks nobody. */
    private static Set<String> withoutForms(Set<String> connected) {
        Set<String> forms = new TreeSet<>();
        for (String line : connected) {
            String form = line.replace("::ffff:127.0.0.1", "127.0.0.1");
            if (!form.equals("look-up 127.0.0.1")) {
                forms.add(form);
            }
        }
        return forms;
    }

    private static void ask(WireClient client) throws IOException {
        long userId = TinyBundle.userId(1);
        assertEquals(Status.OK, client.ask(Frames.recommend(1, userId, 10)).status());
        Event watched = new Event(EventCode.LONG_WATCH, TinyBundle.itemId(2), 0.9f);
        assertEquals(Status.OK, client.ask(Frames.feedback(2, userId, 0, watched)).status());
        byte[] upsert = Frames.upsert(3, 5_000_000, new float[0], Column.of("creator", 3));
        assertEquals(Status.OK, client.ask(upsert).status());
        assertEquals(Status.OK, client.ask(Frames.similar(4, 5_000_000, 5, false)).status());
    }

    private static void gateway(int port) throws IOException, InterruptedException {
        HttpClient http = HttpClient.newHttpClient();
        URI root = URI.create("http://127.0.0.1:" + port);
        for (String page : List.of("/readyz", "/metrics", "/stats", "/config", "/v1/stats")) {
            HttpRequest get = HttpRequest.newBuilder(root.resolve(page)).build();
            assertEquals(
                    200, http.send(get, HttpResponse.BodyHandlers.ofString()).statusCode(), page);
        }
        HttpRequest post =
                HttpRequest.newBuilder(root.resolve("/v1/recommend"))
                        .POST(
                                HttpRequest.BodyPublishers.ofString(
                                        "{\"userId\":" + TinyBundle.userId(1) + ",\"k\":5}"))
                        .header("content-type", "application/json")
                        .build();
        HttpResponse<String> answer = http.send(post, HttpResponse.BodyHandlers.ofString());
        assertEquals(200, answer.statusCode(), answer.body());
        assertFalse(answer.body().isEmpty());
    }
}
