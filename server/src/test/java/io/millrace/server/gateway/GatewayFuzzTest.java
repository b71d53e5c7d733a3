package io.millrace.server.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.core.error.MillraceException;
import io.millrace.core.fuzz.Fuzzing;
import io.millrace.core.wire.FrameCheck;
import io.millrace.core.wire.FrameVerdict;
import io.millrace.core.wire.WireLimits;
import io.millrace.server.MillraceServer;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

final class GatewayFuzzTest {
    private static final FrameDoor DOOR =
            new FrameDoor(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 1),
                    List.of("tab", "hour"));

    @TempDir private Path folder;

    @Test
    void shouldMakeASoundFrameOrRefuseWhenBodiesAreChanged() {
        Fuzzing.of("gateway-body")
                .seeds(
                        Arrays.stream(GatewayMutationTest.SOUND)
                                .map(sound -> sound[0] + " " + sound[1])
                                .toArray(String[]::new))
                .words(GatewayMutationTest.TOKENS)
                .run(GatewayFuzzTest::translate);
    }

    /** What stands before the first blank is the path. */
    private static void translate(byte[] input) {
        int blank = new String(input, ISO_8859_1).indexOf(' ');
        String path = new String(input, 0, Math.max(0, blank), UTF_8);
        byte[] body = Arrays.copyOfRange(input, blank + 1, input.length);
        for (RequestShape shape : RequestShape.values()) {
            if (shape.path().equals(path)) {
                try (BodyReader in = new BodyReader(body)) {
                    byte[] frame = shape.frame(shape.read(in, DOOR));
                    if (frame.length <= WireLimits.MAX_FRAME_BYTES) {
                        assertEquals(
                                FrameVerdict.SOUND, FrameCheck.check(new UnsafeBuffer(frame), 0));
                    }
                }
                return;
            }
        }
        throw MillraceException.badInput("no such path: path=%s", path);
    }

    @Test
    void shouldAnswerOthersWhenRequestsAreChanged() throws IOException {
        try (MillraceServer server = TinyServer.start(folder);
                HttpPeer other = new HttpPeer(server.adminPort())) {
            Fuzzing.of("gateway-head")
                    .seeds(
                            HttpPeer.get("/v1/info?maxSamples=3&ids=string"),
                            HttpPeer.get("/v1/columns?scope=USER"),
                            HttpPeer.post("/v1/delete", "{\"itemId\":10007}"),
                            HttpPeer.post("/v1/recommend", "{\"userId\":512,\"k\":5}")
                                    + HttpPeer.get("/v1/ping"))
                    .words(
                            "\r\n",
                            " ",
                            ":",
                            "GET ",
                            "HTTP/1.1",
                            "content-length: 5\r\n",
                            "%00",
                            "?")
                    .words(
                            "transfer-encoding: chunked\r\n\r\n",
                            "ffffffff\r\n",
                            "expect: 100-continue\r\n")
                    .words(
                            "content-length: 99999999999\r\n",
                            "upgrade: h2c\r\n",
                            "connection: close\r\n")
                    .blind()
                    .run(input -> send(server.adminPort(), input, other));
            assertEquals(0, server.statistics().failures());
            assertEquals(200, other.askPost("/v1/recommend", "{\"userId\":512}").status());
        }
    }

    /** A connection of its own for these bytes, and a question on another. */
    private static void send(int port, byte[] input, HttpPeer other) throws IOException {
        try (HttpPeer peer = new HttpPeer(port)) {
            peer.send(input);
            assertEquals(200, other.askGet("/v1/ping").status());
            // The server may wait for more as long as it likes.
            peer.reset();
        }
    }
}
