package io.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.core.json.Json;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

final class MillraceTest {
    @TempDir Path folder;

    @Test
    void shouldInspectTheFileWhenAnIndexWasCalibrated() {
        String vectors = folder.resolve("vectors").toString();
        String file = folder.resolve("index").toString();
        assertEquals(
                0,
                CommandRun.of(
                                ("simulate vectors --n 2k --queries 50 --dimension 16 --out "
                                                + vectors)
                                        .split(" "))
                        .code());
        CommandRun bench =
                CommandRun.of(
                        ("ann bench --recall 0.9 --base " + vectors + " --index " + file)
                                .split(" "));
        assertEquals(0, bench.code(), bench.err());
        assertTrue(bench.out().lines().anyMatch(line -> line.startsWith("0.9000 ")), bench.out());
        CommandRun inspect = CommandRun.of("inspect", file);
        assertEquals(0, inspect.code(), inspect.err());
        assertTrue(inspect.out().contains("in-degree"), inspect.out());
        assertTrue(inspect.out().contains("recall@10 "), inspect.out());
        CommandRun beyond =
                CommandRun.of(
                        ("ann bench --recall 1 --base " + vectors + " --index " + file).split(" "));
        assertEquals(1, beyond.code());
        assertTrue(beyond.err().contains("recall out of reach: recall=1.0"), beyond.err());
    }

    @Test
    void shouldWarnWithBothFiguresWhenTheMachineIsTooSmallForThePlan() {
        CommandRun run = CommandRun.of("plan", "--items", "20M", "--dimension", "65536");
        assertEquals(0, run.code(), run.err());
        assertTrue(run.out().contains("build=9"), run.out());
        assertTrue(run.out().contains(" TiB, machine="), run.out());
        assertFalse(
                CommandRun.of("plan", "--items", "1k", "--dimension", "8")
                        .out()
                        .contains("warning"));
    }

    @ParameterizedTest
    @CsvSource({
        "--layout flat, 512",
        "--layout f32, 640",
        "--layout f32 --rows bf16, 384",
        "--layout f32 --rows int8, 320",
        "--layout sq8, 320",
        "--layout inlined, '1,408'",
        "--layout inlined --rows int8, '1,088'"
    })
    void shouldPlanTheBytesOfARowWhenALayoutIsGiven(String options, String bytes) {
        String plan = "plan --items 10M --dimension 128 " + options;
        CommandRun run = CommandRun.of(plan.split(" "));
        assertEquals(0, run.code(), run.err());
        assertTrue(run.out().matches("(?s).*a row with its links +" + bytes + " B.*"), run.out());
    }

    @Test
    void shouldNameEveryCommandWhenAskedForHelp() {
        CommandRun run = CommandRun.of("--help");
        assertEquals(0, run.code());
        assertEquals("", run.err());
        for (Subcommand each : Subcommand.values()) {
            assertTrue(run.out().contains("\n  " + each.label() + " "), run.out());
        }
    }

    @ParameterizedTest
    @EnumSource(Subcommand.class)
    void shouldExplainItselfWithExamplesWhenACommandIsAskedForHelp(Subcommand command) {
        CommandRun asked = CommandRun.of(command.label(), "--help");
        assertEquals(0, asked.code());
        assertEquals("", asked.err());
        assertTrue(asked.out().contains("Usage: millrace " + command.label()), asked.out());
        assertTrue(asked.out().contains("Examples:"), asked.out());
        assertEquals(asked, CommandRun.of("help", command.label()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "demo",
                "simulate",
                "import kuairand",
                "train",
                "build",
                "inspect",
                "serve",
                "query recommend",
                "query similar",
                "query search",
                "load",
                "eval",
                "ann bench",
                "plan"
            })
    void shouldTakeJsonWhenItIsACommandWithFigures(String command) {
        CommandRun run = CommandRun.of((command + " --help").split(" "));
        assertEquals(0, run.code());
        assertTrue(run.out().contains("--json=FILE"), run.out());
    }

    @Test
    void shouldTellVersionAndMachineWhenAskedForTheVersion() {
        CommandRun run = CommandRun.of("--version");
        assertEquals(0, run.code());
        assertEquals(6, run.out().lines().count(), run.out());
        for (String word :
                List.of("millrace ", "commit ", "jdk ", "vectors ", "pages ", "transport ")) {
            assertTrue(run.out().contains(word), run.out());
        }
        assertTrue(run.out().matches("(?s).*(panama|scalar).*(epoll|io_uring|nio).*"), run.out());
    }

    @Test
    void shouldSayWhatToDoWhenNoCommandIsGiven() {
        CommandRun run = CommandRun.of();
        assertEquals(2, run.code());
        assertTrue(run.out().contains("Commands:"), run.out());
        assertTrue(run.err().startsWith("millrace: no command given; "), run.err());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "dmo | unknown command: 'dmo'; did you mean demo? see millrace --help",
                "frobnicate | unknown command: 'frobnicate'; see millrace --help",
                "--jsn x | unknown option: '--jsn'; see millrace --help",
                "load --rat 5 | unknown option: '--rat'; did you mean --rate? see millrace load"
                        + " --help",
                "load --rate 5 | missing required option: '--seconds=S'; see millrace load --help",
                "load --rate x --seconds 1 | invalid value for option '--rate': 'x' is not a"
                        + " double; see millrace load --help",
                "load --rate 1 --seconds 1 --target nowhere"
                        + " | invalid value for option '--target': 'nowhere' is no HOST:PORT, as in"
                        + " 127.0.0.1:7311; see millrace load --help",
                "simulate --users 1x --items 9 --out o | invalid value for option '--users': '1x'"
                        + " is no count, as in 20000, 200k or 1M; see millrace simulate --help",
                "simulate --users 1 --items 9k --out o"
                        + " | out of range: --users=1, limit=50 to 2147483647; change --users",
                "simulate --users 100 | missing required options: '--users', '--items' and '--out';"
                        + " see millrace simulate --help",
                "simulate vectors --n 5 --out o | out of range: --k=100, limit=1 to 5; change --k",
                "import kuairnd x | unknown command: 'kuairnd'; did you mean kuairand? see millrace"
                        + " import --help",
                "import | no format given; name one, as in millrace import kuairand SRC --out"
                        + " DATASET",
                "query recommend --user 1 --k 0 | out of range: --k=0, limit=1 to 65535; change"
                        + " --k",
                "ann bench --base b --metric hamming | invalid value for option '--metric':"
                        + " 'hamming' is none of l2, ip, cosine; see millrace ann bench --help",
                "ann bench --base b --ef 0 | out of range: --ef=0, limit=1 to 2147483647; change"
                        + " --ef",
                "plan --items 0 --dimension 8 | out of range: --items=0, limit=1 to 2147483647;"
                        + " change --items",
                "plan --items 9 --dimension 0 | out of range: --dimension=0, limit=1 to 65536;"
                        + " change --dimension",
                "plan --items 9 --dimension 9 --layout sq8 --rows bf16 | layout has no such rows:"
                        + " layout=SQ8, rows=BF16, of that layout=INT8; change either",
                "inspect a b | unexpected argument: 'b'; see millrace inspect --help",
                "demo --items 1 | out of range: --items=1, limit=200 to 2147483647; change --items",
                "demo --data imdb:x | unknown kind of data: --data=imdb:x; write kuairand:DIR, with"
                        + " the folder of its files",
                "demo --data kuairand:x --items 9k | real data bring their own items and users;"
                        + " leave --items and --users out, or --data",
                "demo --seconds 0 | out of range: --seconds=0.0, limit=1.0 to 3600.0; change"
                        + " --seconds",
                "serve | no bundle given: key=bundle; name its directory"
            })
    void shouldExitWithTwoAndSayWhatToDoWhenUsageIsWrong(String arguments, String message) {
        CommandRun run = CommandRun.of(arguments.split(" "));
        assertEquals("millrace: " + message + "\n", run.err());
        assertEquals(2, run.code());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "inspect MISSING",
                "eval --bundle MISSING --dataset MISSING",
                "build --dataset MISSING --models MISSING --out OUT",
                "train --dataset MISSING --out OUT",
                "demo --data kuairand:MISSING",
                "import kuairand MISSING --out OUT",
                "serve --bundle MISSING --port 0 --admin-port -1",
                "serve --config MISSING",
                "query search --vector MISSING",
                "query --target 127.0.0.1:1 recommend --user 1",
                "query recommend --target 127.0.0.1:1 --user 1",
                "load --target 127.0.0.1:1 --rate 10 --seconds 1"
            })
    void shouldExitWithOneAndOneLineWhenSomethingIsMissing(String arguments) throws IOException {
        String missing = folder.resolve("missing").toString();
        String out = folder.resolve("out").toString();
        String[] words = arguments.replace("MISSING", missing).replace("OUT", out).split(" ");
        CommandRun run = CommandRun.of(words);
        List<String> lines = run.err().lines().toList();
        assertEquals(1, run.code(), run.err());
        assertTrue(lines.getLast().startsWith("millrace: "), run.err());
        assertFalse(run.err().contains("a defect"), run.err());
        assertFalse(run.err().contains("\tat "), run.err());
        assertTrue(
                run.err().contains(missing) || run.err().contains("127.0.0.1:1"),
                "names what is missing: " + run.err());
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(List.of(), left.toList(), "left behind");
        }
    }

    @Test
    void shouldWriteFiguresWhenAskedForJson() {
        Path json = folder.resolve("deep/simulate.json");
        CommandRun run =
                CommandRun.of(
                        "simulate",
                        "--users=60",
                        "--items=1k",
                        "--seed=7",
                        "--out=" + folder.resolve("world"),
                        "--progress=none",
                        "--json=" + json);
        assertEquals(0, run.code(), run.err());
        assertEquals("", run.err());
        JsonNode figures = Json.read(json, JsonNode.class);
        assertEquals(60, figures.get("users").asLong());
        assertEquals(1_000, figures.get("items").asLong());
        assertTrue(run.out().contains("click rate"), run.out());
    }

    @Test
    void shouldRefuseBeforeTheWorkWhenFiguresHaveNoPlace() {
        CommandRun run =
                CommandRun.of(
                        "simulate",
                        "--users=60",
                        "--items=1k",
                        "--out=" + folder.resolve("world"),
                        "--json=" + folder);
        assertEquals(2, run.code());
        assertTrue(run.err().startsWith("millrace: a folder is in the way of a file"), run.err());
        assertFalse(Files.exists(folder.resolve("world")));
    }

    @Test
    void shouldShowSparseLinesWhenTheErrorStreamIsNoTerminal() {
        CommandRun run =
                CommandRun.of(
                        "simulate",
                        "--users=60",
                        "--items=1k",
                        "--out=" + folder.resolve("world"),
                        "--progress=lines");
        assertEquals(0, run.code(), run.err());
        assertTrue(run.err().lines().count() < 10, run.err());
        assertTrue(run.err().contains("write data set"), run.err());
        assertFalse(run.err().contains("\r"), "no bar");
        assertFalse(run.err().contains("\u001b"), "no escapes");
    }
}
