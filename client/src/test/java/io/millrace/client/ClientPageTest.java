package io.millrace.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** What docs/client.md says and can be tried. */
final class ClientPageTest {
    private static final Path PAGE = Path.of("../docs/client.md");
    private static final Path EXAMPLE = Path.of("src/test/java/io/millrace/client/Example.java");
    private static final String OPTION = "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED";

    private static void answer(FakeServer.Peer peer, int number) throws IOException {
        if (peer.isFeedback()) {
            peer.answerEmpty();
        } else {
            peer.answerSound();
        }
    }

    @Test
    void shouldShowAnExampleThatIsCompiled() throws IOException {
        String page = Files.readString(PAGE);
        int begin = page.indexOf("```java\n") + "```java\n".length();
        String shown = stripped(page.substring(begin, page.indexOf("```", begin)));
        assertTrue(shown.lines().count() > 10, shown);
        assertTrue(stripped(Files.readString(EXAMPLE)).contains(shown), shown);
    }

    private static String stripped(String code) {
        return code.lines().map(String::strip).collect(Collectors.joining("\n")).strip();
    }

    @Test
    void shouldShowAnExampleThatRuns() {
        try (FakeServer server = new FakeServer(ClientPageTest::answer)) {
            assertEquals(5, Example.ask("127.0.0.1", server.port()).itemIds().length);
            assertEquals(3, server.requests());
        }
    }

    @Test
    void shouldNeedTheOptionOfTheJvmThatThePageNames() throws IOException, InterruptedException {
        assertTrue(Files.readString(PAGE).contains(OPTION), "the page does not name " + OPTION);
        try (FakeServer server = new FakeServer(ClientPageTest::answer)) {
            String port = String.valueOf(server.port());
            assertEquals("", run(port, OPTION));
            String refusal = run(port);
            assertTrue(refusal.contains("option of the JVM is missing: option=" + OPTION), refusal);
        }
    }

    /** What the example says on standard error in a JVM with these options. */
    private static String run(String port, String... options)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xshare:auto"));
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(Example.class.getName(), "127.0.0.1", port));
        Process process =
                new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        String said = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "the example has not ended");
        return said;
    }
}
