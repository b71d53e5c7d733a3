package io.millrace.server.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.core.random.SplitRandom;
import io.millrace.server.MillraceServer;
import io.millrace.server.gateway.HttpPeer.Response;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Bodies of every kind with bytes and tokens changed at random: each is answered. */
@Timeout(180)
class GatewayMutationTest {
    private static final int MUTATIONS = 2_000;
    private static final long SEED = 20_261_122;

    static final String[][] SOUND = {
        {
            "/v1/recommend",
            "{\"userId\":512,\"k\":5,\"deadlineMs\":500.5,\"keepSeen\":true,"
                    + "\"exclude\":[10007,\"10014\"],\"context\":{\"tab\":1},\"history\":[10021]}"
        },
        {"/v1/similar", "{\"itemId\":10007,\"k\":5,\"applyRules\":true,\"exclude\":[10014]}"},
        {"/v1/search", "{\"vector\":[0.5,1e-3,-2],\"k\":3,\"userId\":512,\"rank\":true}"},
        {
            "/v1/rank",
            "{\"candidates\":[1,2],\"columns\":[{\"name\":\"duration\",\"values\":[1.5,null]},"
                    + "{\"name\":\"creator\",\"form\":\"NUMBERS\",\"values\":[7]}]}"
        },
        {
            "/v1/feedback",
            "{\"userId\":512,\"timestampMs\":1700000000000,\"events\":[{\"itemId\":10007,"
                    + "\"kind\":\"WATCH\",\"watchedShare\":0.5}]}"
        },
        {
            "/v1/update",
            "{\"scope\":\"USER\",\"id\":512,\"columns\":[{\"name\":\"age\",\"values\":[3]}]}"
        },
        {"/v1/upsert", "{\"itemId\":10007,\"columns\":[],\"vector\":[1,2]}"},
        {"/v1/delete", "{\"itemId\":10007,\"deadlineMs\":100}"},
        {
            "/v1/recommend",
            "{\"userId\":512,\"filter\":\"creator in (5, 9) and not duration < 2.5 or tags has"
                    + " '4'\",\"experimentKey\":\"ranker-b/17\",\"trace\":true}"
        },
        {
            "/v1/explain",
            "{\"userId\":512,\"items\":[10007],\"filter\":\"duration is missing\","
                    + "\"experimentKey\":\"\u00e9\"}"
        },
        {
            "/v1/similar",
            "{\"itemId\":10007,\"filter\":\"duration between 2 and 4\",\"trace\":true}"
        },
        {"/v1/rank", "{\"candidates\":[10007],\"experimentKey\":\"b\",\"trace\":true}"},
    };
    static final String[] TOKENS = {
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "null",
        "true",
        "-1",
        "0",
        "1e400",
        "-0.0",
        "\"\"",
        "9223372036854775807",
        "-9223372036854775809",
        "65535",
        "\\u0000",
        "\\ud800",
        "[[[[[[[[[",
        "\"k\":",
        "\"NaN\"",
        "NaN",
        "1.5",
        "{\"name\":\"x\"}",
        "\"filter\":\"",
        "\"trace\":true,",
        "'",
        "creator",
        " in (",
        "$1",
        "\uFFFF",
        "//",
        " "
    };

    @Test
    void shouldAnswerWhenBodiesAreChangedAtRandom(@TempDir Path folder) throws IOException {
        try (MillraceServer server = TinyServer.start(folder);
                HttpPeer http = new HttpPeer(server.adminPort())) {
            SplitRandom random = new SplitRandom(SEED);
            Map<Integer, Integer> statuses = new TreeMap<>();
            for (int i = 0; i < MUTATIONS; i++) {
                String[] sound = SOUND[random.nextInt(SOUND.length)];
                byte[] body = sound[1].getBytes(UTF_8);
                for (int change = 1 + random.nextInt(3); change > 0; change--) {
                    body = mutated(body, random);
                }
                http.send(head(sound[0], body.length));
                http.send(body);
                Response response = http.read();
                String what = "seed=" + SEED + ", mutation=" + i + ", " + response.body();
                statuses.merge(response.status(), 1, Integer::sum);
                assertTrue(
                        response.status() == 200
                                || response.status() == 400
                                || response.status() == 404
                                || response.status() == 504,
                        what);
                if (response.status() != 200) {
                    assertEquals(1, response.message().lines().count(), what);
                    assertTrue(response.message().length() < 600, what);
                }
            }
            assertTrue(statuses.getOrDefault(200, 0) > 20, statuses.toString());
            assertTrue(statuses.getOrDefault(400, 0) > MUTATIONS / 2, statuses.toString());
            assertEquals(200, http.askPost("/v1/recommend", "{\"userId\":512}").status());
            assertEquals(0, server.statistics().failures());
        }
    }

    private static String head(String path, int length) {
        return "POST "
                + path
                + " HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
                + "content-length: "
                + length
                + "\r\n\r\n";
    }

    private static byte[] mutated(byte[] body, SplitRandom random) {
        ByteArrayOutputStream changed = new ByteArrayOutputStream();
        int at = random.nextInt(body.length + 1);
        int end = Math.min(body.length, at + random.nextInt(6));
        changed.write(body, 0, at);
        switch (random.nextInt(5)) {
            case 0 -> changed.write(random.nextInt(256));
            case 1 -> changed.writeBytes(TOKENS[random.nextInt(TOKENS.length)].getBytes(UTF_8));
            case 2 -> {
                changed.write(body, at, end - at);
                end = at;
            }
            case 3 -> {
                // What is left out is all.
            }
            default -> end = body.length;
        }
        changed.write(body, end, body.length - end);
        if (random.nextInt(4) == 0) {
            // Bytes put in, none taken away.
            changed.reset();
            changed.write(body, 0, at);
            changed.writeBytes(TOKENS[random.nextInt(TOKENS.length)].getBytes(UTF_8));
            changed.write(body, at, body.length - at);
        }
        return changed.toByteArray();
    }
}
