package io.millrace.cli.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.cli.CommandRun;
import io.millrace.core.wire.codec.SourceCode;
import io.millrace.server.MillraceServer;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.funnel.Catalogue;
import io.millrace.server.funnel.Funnel;
import io.millrace.server.funnel.FunnelWorker;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Request;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

final class CodecsCommandTest {
    private static final Path EXAMPLE = Path.of("../docs/examples/ask.cpp");
    private static final String COMPILER = "g++";

    @TempDir private Path folder;

    @ParameterizedTest
    @CsvSource({
        "c, recommendRequest.h",
        "cpp, RecommendRequest.h",
        "csharp, RecommendRequest.g.cs",
        "go, RecommendRequest.go",
        "java, RecommendRequestEncoder.java",
        "rust, recommend_request_codec.rs"
    })
    void shouldMakeACodecOfEveryMessage(String language, String file) throws IOException {
        Path out = folder.resolve(language);
        CommandRun run = make(language, out);
        assertEquals(0, run.code(), run.err());
        try (Stream<Path> all = Files.walk(out)) {
            List<String> names =
                    all.filter(Files::isRegularFile).map(f -> f.getFileName().toString()).toList();
            assertTrue(names.contains(file), names.toString());
            assertTrue(run.out().contains(String.valueOf(names.size())), run.out());
        }
    }

    @Test
    void shouldRefuseWhatItCannotMake() throws IOException {
        CommandRun unknown = make("cobol", folder.resolve("a"));
        assertEquals(2, unknown.code());
        assertTrue(unknown.err().contains("cobol"), unknown.err());
        CommandRun named =
                CommandRun.of("codecs", "--language=go", "--namespace=a b", "--out", folder + "/b");
        assertEquals(2, named.code());
        assertTrue(named.err().contains("bad namespace: --namespace=a b"), named.err());
        Path full = Files.createDirectory(folder.resolve("full"));
        Files.createFile(full.resolve("file"));
        assertEquals(2, make("cpp", full).code());
        assertFalse(Files.exists(folder.resolve("a")));
        assertFalse(Files.exists(folder.resolve("b")));
    }

    /** The example of the documentation, compiled with codecs as a user makes them. */
    @Test
    void shouldAskALiveServerFromAnotherLanguage() throws Exception {
        assumeTrue(isThere(COMPILER), "no " + COMPILER);
        Path codecs = folder.resolve("codecs");
        assertEquals(0, make("cpp", codecs).code());
        Path client = folder.resolve("ask");
        List<String> compile =
                List.of(
                        COMPILER,
                        "-std=c++17",
                        "-Wall",
                        "-I",
                        codecs.toString(),
                        EXAMPLE.toString(),
                        "-o",
                        client.toString());
        assertEquals("", output(compile, 0));
        try (MillraceServer server =
                MillraceServer.start(
                        ServerConfig.defaults()
                                .with("network.port", 0)
                                .with("network.adminPort", -1)
                                .with("threads.workers", 1),
                        new Echo())) {
            String port = String.valueOf(server.port());
            assertEquals(
                    """
                    correlation 7, status OK
                    42 10
                    1001 0.5
                    """,
                    output(List.of(client.toString(), port, "42"), 0));
        }
    }

    private static CommandRun make(String language, Path out) {
        return CommandRun.of("codecs", "--language", language, "--out", out.toString());
    }

    private static boolean isThere(String program) {
        return Stream.of(System.getenv("PATH").split(":", -1))
                .anyMatch(each -> Files.isExecutable(Path.of(each, program)));
    }

    private String output(List<String> command, int code) throws IOException, InterruptedException {
        Path text = Files.createTempFile(folder, "output", ".txt");
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(text.toFile())
                        .start();
        boolean hasEnded = process.waitFor(3, TimeUnit.MINUTES);
        process.destroyForcibly();
        String said = Files.readString(text, StandardCharsets.UTF_8);
        assertTrue(hasEnded, said);
        assertEquals(code, process.exitValue(), said);
        return said;
    }

    /** Answers with the user that was asked for, scored by k, and what was excluded. */
    private static final class Echo implements Funnel {
        @Override
        public Catalogue catalogue() {
            return new Catalogue(
                    1, 1, 1, 4, List.of(), List.of(), List.of(), List.of(), List.of(), List.of());
        }

        @Override
        public FunnelWorker newWorker() {
            return (request, answer, clock) -> echo(request, answer);
        }

        private static void echo(Request request, Answer answer) {
            answer.add(request.userId(), request.k(), SourceCode.RETRIEVED);
            answer.add(request.excluded()[0], 0.5f, SourceCode.RANKED);
        }
    }
}
