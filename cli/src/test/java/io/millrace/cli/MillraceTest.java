package io.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.core.json.Json;
import io.millrace.index.GraphLayout;

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
                        ("ann bench --recall 0.9 --rows bf16 --base "
                                        + vectors
                                        + " --index "
                                        + file)
                                .split(" "));
        assertEquals(0, bench.code(), bench.err());
        assertTrue(bench.out().lines().anyMatch(line -> line.startsWith("0.9000 ")), bench.out());
        CommandRun inspect = CommandRun.of("inspect", file);
        assertEquals(0, inspect.code(), inspect.err());
        assertTrue(inspect.out().contains("in-degree"), inspect.out());
        assertTrue(inspect.out().contains("recall@10 "), inspect.out());
        assertTrue(inspect.out().contains("nodes by in-degree"), inspect.out());
        assertTrue(inspect.out().matches("(?s).*\n  layout +f32\n  rows +bf16\n.*"), inspect.out());
        CommandRun beyond =
                CommandRun.of(
                        ("ann bench --recall 1 --base " + vectors + " --index " + file).split(" "));
        assertEquals(1, beyond.code());
        assertTrue(beyond.err().contains("recall out of reach: recall=1.0"), beyond.err());
    }

    @Test
    void shouldWarnWithBothFiguresWhenTheMachineIsTooSmallForThePlan() {
        String tooLarge = "plan --items 20M --dimension 65536 --layout f32";
        CommandRun run = CommandRun.of((tooLarge + " --no-probe").split(" "));
        assertEquals(0, run.code(), run.err());
        assertTrue(run.out().contains("warning: does not fit: needs 9"), run.out());
        assertTrue(run.out().contains(" TiB to build, machine has "), run.out());
        CommandRun verified = CommandRun.of((tooLarge + " --verify").split(" "));
        assertEquals(1, verified.code());
        assertTrue(verified.err().startsWith("millrace: does not fit: "), verified.err());
    }

    @Test
    void shouldNameTheLayoutWhenThePlanHasOneThatIsUnknown() {
        CommandRun run = CommandRun.of("plan --items 9 --dimension 8 --layout round".split(" "));
        assertEquals(2, run.code());
        assertTrue(
                run.err().startsWith("millrace: invalid value for option '--layout': expected"),
                run.err());
        assertTrue(run.err().contains("but was 'round'; see millrace plan --help"), run.err());
    }

    @Test
    void shouldTellTimeAndSpeedWhenThePlanIsProbed() {
        Path json = folder.resolve("plan.json");
        String plan = "plan --items 3k --dimension 8 --threads 2 --probe-items 400";
        CommandRun run =
                CommandRun.of(
                        (plan + " --probe-seconds 0.01 --k 5 --recall 0.9 --json " + json)
                                .split(" "));
        assertEquals(0, run.code(), run.err());
        assertFalse(run.out().contains("warning"), run.out());
        assertTrue(run.out().contains("build on 2 threads "), run.out());
        assertTrue(run.out().contains("queries/s of one thread at recall@5 0.9 "), run.out());
        assertTrue(run.err().contains("probe"), run.err());
        JsonNode figures = Json.read(json, JsonNode.class);
        assertEquals(3_000, figures.get("items").asLong());
        assertEquals(0.9, figures.get("recall").asDouble());
        assertTrue(figures.get("ef").asDouble() >= 5, figures.toString());
        for (String key : List.of("qps", "build_seconds", "visits")) {
            assertTrue(figures.get(key).asDouble() > 0, figures.toString());
        }
        assertFalse(figures.has("checks"), figures.toString());
    }

    @Test
    void shouldPlanTheLayoutThatIsBuiltWhenNoneIsNamed() {
        Path json = folder.resolve("plan.json");
        for (int dimension : new int[] {63, 64}) {
            CommandRun run =
                    CommandRun.of(
                            "plan",
                            "--items=1k",
                            "--dimension=" + dimension,
                            "--no-probe",
                            "--json=" + json);
            assertEquals(0, run.code(), run.err());
            assertEquals(
                    GraphLayout.forDimension(dimension).label(),
                    Json.read(json, JsonNode.class).get("layout").asText());
        }
        assertEquals(GraphLayout.F32, GraphLayout.forDimension(63));
        assertEquals(GraphLayout.INLINED, GraphLayout.forDimension(64));
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
        String plan = "plan --items 10M --dimension 128 --no-probe " + options;
        CommandRun run = CommandRun.of(plan.split(" "));
        assertEquals(0, run.code(), run.err());
        assertTrue(run.out().matches("(?s).*a row with its links +" + bytes + " B.*"), run.out());
    }

    @Test
    void shouldSayThatSpeedIsNotToldWhenThePlanHasNoGraph() {
        String plan = "plan --items 1k --dimension 128 --layout flat";
        CommandRun run = CommandRun.of(plan.split(" "));
        assertEquals(0, run.code(), run.err());
        assertTrue(
                run.out().endsWith("speed is not told: flat has no graph, it reads all rows\n"),
                run.out());
    }

    @Test
    void shouldTellSpeedWhenTheRowsOfThePlanAreRounded() {
        String plan = "plan --items 600 --dimension 64 --rows int8 --probe-items 300 --threads 2";
        CommandRun run = CommandRun.of((plan + " --probe-seconds 0.01 --recall 0.5").split(" "));
        assertEquals(0, run.code(), run.err());
        assertTrue(run.out().matches("(?s)layout +inlined\nrows +int8\n.*"), run.out());
        assertTrue(run.out().contains("queries/s of one thread at recall@10 0.5 "), run.out());
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
                "simulate criteo",
                "import kuairand",
                "import movielens",
                "import criteo",
                "import csv",
                "import impressions",
                "train",
                "build",
                "inspect",
                "serve",
                "swap",
                "snapshot",
                "restore",
                "query recommend",
                "query explain",
                "query similar",
                "query search",
                "query feedback",
                "load",
                "replay",
                "verify-parity",
                "eval",
                "score",
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
                "load --rate 5 --seconds 1 --shape ramp | invalid value for option '--shape':"
                    + " 'ramp' is no shape of a load, as in steady, ramp:100 or bursts:5:2 (factor,"
                    + " seconds); see millrace load --help",
                "load --rate 5 --seconds 1 --shape bursts:1:2 | invalid value for option"
                        + " '--shape': no bursts: factor=1.0, limit=above 1 to 10; a burst takes a"
                        + " tenth of the time; see millrace load --help",
                "load --rat 5 | unknown option: '--rat'; did you mean --rate? see millrace load"
                        + " --help",
                "load --rate 5 | missing required option: '--seconds'; give --rate and --seconds,"
                        + " or --closed-loop and --seconds, or --trace, or --find-max, or --steps,"
                        + " or --compare",
                "load --closed-loop 8 | missing required option: '--seconds'; give --rate and"
                        + " --seconds, or --closed-loop and --seconds, or --trace, or --find-max,"
                        + " or --steps, or --compare",
                "load --closed-loop 8 --seconds 1 --rate 5 | answers send the requests of a closed"
                        + " loop, no plan: --closed-loop=8 with --rate; give one or the other",
                "load --closed-loop 8 --find-max --steps 1,2 --trace t --shape ramp:5 --arrival"
                        + " poisson | answers send the requests of a closed loop, no plan:"
                        + " --closed-loop=8 with --find-max, --steps, --trace, --shape, --arrival;"
                        + " give one or the other",
                "load --closed-loop 8 --seconds 1 --connections 9 | out of range: --closed-loop=8,"
                        + " limit=9 to 1152 with 9 connections, of which servers read 128 requests"
                        + " each; change --closed-loop or --connections",
                "load --closed-loop 513 --seconds 1 | out of range: --closed-loop=513, limit=4 to"
                        + " 512 with 4 connections, of which servers read 128 requests each;"
                        + " change --closed-loop or --connections",
                "load --closed-loop 0 --seconds 1 | out of range: --closed-loop=0, limit=1 to 128"
                        + " with 1 connections, of which servers read 128 requests each; change"
                        + " --closed-loop or --connections",
                "load --closed-loop 8 --compare a.hlog b.hlog | nothing is loaded while runs are"
                        + " compared: --find-max, --steps, --rate, --closed-loop, --seconds,"
                        + " --trace, --report, --bundle, --admin, --flight, --generator-flight,"
                        + " --interval-log, --hiccup-log; leave them out, or --compare",
                "load --rate 5 --compare a.hlog b.hlog | nothing is loaded while runs are compared:"
                        + " --find-max, --steps, --rate, --closed-loop, --seconds, --trace,"
                        + " --report, --bundle, --admin, --flight, --generator-flight,"
                        + " --interval-log, --hiccup-log; leave them out, or --compare",
                "load --report a.html --compare a.hlog b.hlog | nothing is loaded while runs are"
                        + " compared: --find-max, --steps, --rate, --closed-loop, --seconds,"
                        + " --trace, --report, --bundle, --admin, --flight, --generator-flight,"
                        + " --interval-log, --hiccup-log; leave them out, or --compare",
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
                "import kuairand x --out o --half-life 0"
                        + " | out of range: --half-life=0, limit=1 to 5256000; change --half-life",
                "import | no format given; name one, as in millrace import kuairand SRC --out"
                        + " DATASET",
                "import movielens x --out o --positive 6 | bad least rating of a click:"
                        + " positive=6.0, limit=5.0; choose above 0 and at most the limit",
                "import criteo x --out o --days 1 | bad plan of an import: buckets=32768,"
                        + " limit=16777216, days=1, least=2, most=31; change --hash-size or --days",
                "query recommend --user 1 --k 0 | out of range: --k=0, limit=1 to 65535; change"
                        + " --k",
                "ann bench --base b --metric hamming | invalid value for option '--metric':"
                        + " 'hamming' is none of l2, ip, cosine; see millrace ann bench --help",
                "ann bench --base b --ef 0 | out of range: --ef=0, limit=1 to 2147483647; change"
                        + " --ef",
                "ann bench --base b --selectivity 0.5,0 | no such part of the rows:"
                        + " selectivity=0.0, limit=above 0 to 1; change --selectivity",
                "ann bench --base b --filter near | a filter of no size: --filter=NEAR; give"
                        + " --selectivity as well, or leave it out",
                "ann bench --base b --filter best | invalid value for option '--filter': expected"
                        + " one of [RANDOM, NEAR, FAR] (case-insensitive) but was 'best'; see"
                        + " millrace ann bench --help",
                "ann bench --base b --layout flat --index f | exact search has no file:"
                        + " layout=flat, index=f; leave one out",
                "ann bench --base b --layout f32 --code-bits 2 | only inlined has codes:"
                        + " layout=F32, code-bits=2; leave one out",
                "ann bench --base b --code-bits 9 | out of range: --code-bits=9, limit=1 to 4;"
                        + " change --code-bits",
                "plan --items 0 --dimension 8 | out of range: --items=0, limit=1 to 2147483647;"
                        + " change --items",
                "plan --items 9 --dimension 0 | out of range: --dimension=0, limit=1 to 65536;"
                        + " change --dimension",
                "build --dataset d --models m --out o --layout flat | invalid value for option"
                        + " '--layout': expected one of [F32, INLINED] (case-insensitive) but was"
                        + " 'flat'; see millrace build --help",
                "build --dataset d --models m --out o --code-bits 5 | out of range: --code-bits=5,"
                        + " limit=1 to 4; change --code-bits",
                "build --dataset d --models m --out o --recall 1.5 | no such recall: recall=1.5,"
                        + " limit=above 0 to 1, candidates=500, limit=1 to 4096; change them",
                "build --dataset d --models m --out o --candidates 9 | candidates without a"
                        + " recall: --candidates=9; give --recall as well, or leave it out",
                "serve --bundle b --recall 2 | value out of range: funnel.recall=2.0, limit=0.0 to"
                        + " 1.0; change it (key=funnel.recall)",
                "plan --items 1099511627776 --dimension 8 | out of range: --items=1099511627776,"
                        + " limit=1 to 2147483647; change --items",
                "plan --items -1 --dimension 8 | invalid value for option '--items': '-1' is no"
                        + " count, as in 20000, 200k or 1M; see millrace plan --help",
                "plan --items 9 --dimension 8 --recall 2 | no such recall: recall=2.0, limit=above"
                        + " 0, below 1; change it",
                "plan --items 9 --dimension 8 --verify --no-probe | nothing to verify: --verify,"
                        + " --no-probe; leave one of them out",
                "plan --items 9 --dimension 8 --verify --layout flat | nothing to verify: --verify,"
                        + " --layout=flat; leave one of them out",
                "plan --items 9 --dimension 9 --layout sq8 --rows bf16 | layout has no such rows:"
                        + " layout=SQ8, rows=BF16, of that layout=INT8; change either",
                "plan --items 9 --dimension 9 --layout sq8 --code-bits 2 | only inlined has codes:"
                        + " layout=SQ8, code-bits=2; leave one out",
                "plan --items 9 --dimension 9 --code-bits 5 | out of range: --code-bits=5, limit=1"
                        + " to 4; change --code-bits",
                "build --dataset d --models m --out o --retriever item-knn --factors 9 | options of"
                        + " factors without any: --factors, --alpha, --regularisation, --sweeps;"
                        + " give --retriever ials or blend as well, or leave them out",
                "build --dataset d --models m --out o --sweeps 3 | options of factors without any:"
                        + " --factors, --alpha, --regularisation, --sweeps; give --retriever ials"
                        + " or blend as well, or leave them out",
                "build --dataset d --models m --out o --retriever ials --factors 0 | bad size of"
                        + " factors: dimension=0, least=1, most=2048; change it",
                "build --dataset d --models m --out o --retriever ials --alpha 0 | cannot"
                        + " factorise: unwatchedWeight=0.0, least=1.4E-45; change unwatchedWeight",
                "eval --bundle b --dataset d --retriever ials,tower | invalid value for option"
                        + " '--retriever' (NAME): 'tower' is none of two-tower, ials, item-knn,"
                        + " popular, blend; see millrace eval --help",
                "eval --models m --dataset d --retriever ials | nothing to retrieve with:"
                        + " --retriever, --models=m; give --bundle, or leave --retriever out",
                "import kuairand s --out o --pooling watched=sum | no such pooling: --pooling"
                        + " watched=sum; give mean, attention or recency:N with N above 0",
                "import kuairand s --out o --pooling watched=recency:x | no such pooling: --pooling"
                        + " watched=recency:x; give mean, attention or recency:N with N above 0",
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
                "replay MISSING --bundle MISSING",
                "verify-parity MISSING --bundle MISSING",
                "query search --vector MISSING",
                "query --target 127.0.0.1:1 recommend --user 1",
                "query recommend --target 127.0.0.1:1 --user 1",
                "query feedback --target 127.0.0.1:1 --user 1 --click 7",
                "load --compare MISSING b.hlog",
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
