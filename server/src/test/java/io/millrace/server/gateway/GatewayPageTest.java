package io.millrace.server.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.core.json.Json;
import io.millrace.server.MillraceServer;
import io.millrace.server.gateway.HttpPeer.Response;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What docs/gateway.md says and can be tried. */
@Timeout(120)
class GatewayPageTest {
    private static final Path PAGE = Path.of("../docs/gateway.md");
    private static final Pattern BLOCK = Pattern.compile("```(sh|json)\n(.*?)```", Pattern.DOTALL);
    private static final Pattern ROW =
            Pattern.compile("\\| `POST (/v1/[a-z]+)` \\| [^|]* \\| ([^|]*) \\|");

    private static List<String> blocks(String language) throws IOException {
        List<String> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(Files.readString(PAGE));
        while (matcher.find()) {
            if (matcher.group(1).equals(language)) {
                blocks.add(matcher.group(2));
            }
        }
        return blocks;
    }

    /** The words of each command line, as a shell has them. */
    private static List<List<String>> commands() throws IOException {
        List<List<String>> commands = new ArrayList<>();
        for (String block : blocks("sh")) {
            List<String> words = new ArrayList<>();
            StringBuilder word = new StringBuilder();
            boolean isQuoted = false;
            for (char c : block.replace("\\\n", " ").toCharArray()) {
                if (c == '\'') {
                    isQuoted = !isQuoted;
                } else if (isQuoted || c > ' ') {
                    word.append(c);
                } else {
                    if (!word.isEmpty()) {
                        words.add(word.toString());
                        word.setLength(0);
                    }
                    if (c == '\n') {
                        commands.add(words);
                        words = new ArrayList<>();
                    }
                }
            }
        }
        return commands;
    }

    /** What curl would send. */
    private static String request(List<String> words) {
        assertEquals(List.of("curl", "-s"), words.subList(0, 2));
        String url = words.get(2);
        String place = "localhost:7312";
        assertTrue(url.startsWith(place), url);
        String path = url.substring(place.length());
        if (words.size() == 3) {
            return HttpPeer.get(path);
        }
        assertEquals(7, words.size(), words::toString);
        assertEquals("-H", words.get(3));
        assertEquals("-d", words.get(5));
        return HttpPeer.post(path, words.get(4), words.get(6));
    }

    @Test
    void shouldShowCommandsThatAreAnswered(@TempDir Path folder) throws IOException {
        try (MillraceServer server = TinyServer.start(folder);
                HttpPeer http = new HttpPeer(server.adminPort())) {
            List<List<String>> commands = commands();
            assertTrue(commands.size() >= 12, commands::toString);
            for (List<String> command : commands) {
                Response response = http.ask(request(command));
                assertEquals(200, response.status(), command + ": " + response.body());
            }
            JsonNode shown = Json.mapper().readTree(blocks("json").getFirst());
            JsonNode answer = http.ask(request(commands.getFirst())).json();
            List<String> keys = new ArrayList<>();
            answer.fieldNames().forEachRemaining(keys::add);
            List<String> shownKeys = new ArrayList<>();
            shown.fieldNames().forEachRemaining(shownKeys::add);
            assertEquals(keys, shownKeys);
            String error = http.askPost("/v1/recommend", "{\"usrId\": 512}").body();
            assertEquals(blocks("json").get(1), error);
        }
    }

    @Test
    void shouldNameTheKeysThatAreTaken() throws IOException {
        Matcher rows = ROW.matcher(Files.readString(PAGE));
        int count = 0;
        while (rows.find()) {
            count++;
            RequestShape shape =
                    Arrays.stream(RequestShape.values())
                            .filter(each -> each.path().equals(rows.group(1)))
                            .findFirst()
                            .orElseThrow();
            List<String> keys = new ArrayList<>();
            List<String> required = new ArrayList<>();
            for (String key : rows.group(2).split(", ", -1)) {
                keys.add(key.replace("*", ""));
                if (key.startsWith("**")) {
                    required.add(key.replace("*", ""));
                }
            }
            assertEquals(shape.keys().stream().sorted().toList(), keys.stream().sorted().toList());
            assertEquals(
                    shape.requiredKeys().stream().sorted().toList(),
                    required.stream().sorted().toList());
        }
        assertEquals(RequestShape.values().length, count);
    }
}
