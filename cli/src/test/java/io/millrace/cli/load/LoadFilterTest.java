package io.millrace.cli.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.cli.CommandRun;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

@Timeout(60)
class LoadFilterTest {
    private final RankingServer server = new RankingServer();

    @AfterEach
    void stop() {
        server.close();
    }

    private CommandRun load(String... options) {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "load",
                                "--target",
                                "127.0.0.1:" + server.port(),
                                "--rate",
                                "100",
                                "--seconds",
                                "0.5",
                                "--warmup",
                                "0"));
        all.addAll(List.of(options));
        return CommandRun.of(all.toArray(String[]::new));
    }

    @Test
    void shouldBringTheFiltersWithAPartOfTheRequests() {
        CommandRun run = load("--filter", "a = 1", "--filter", "b = 'x'", "--filter-share", "0.5");

        assertEquals(0, run.code(), run.err());
        assertEquals(Set.of("", "a = 1", "b = 'x'"), server.filters());
    }

    @Test
    void shouldBringAFilterWithAllWhereNobodySaysHowMany() {
        CommandRun run = load("--filter", "a = 1");

        assertEquals(0, run.code(), run.err());
        assertEquals(Set.of("a = 1"), server.filters());
    }

    @Test
    void shouldTellWhatTheServerSaysOfAFilterBeforeItLoads() {
        CommandRun run = load("--filter", RankingServer.BAD_FILTER);

        assertNotEquals(0, run.code());
        assertTrue(run.err().contains("predicate not understood: position=1"), run.err());
        assertTrue(run.err().contains("--filter=" + RankingServer.BAD_FILTER), run.err());
        assertEquals(1, server.answered());
    }

    @Test
    void shouldRefuseAShareOfNothing() {
        CommandRun run = load("--filter-share", "0.5");

        assertNotEquals(0, run.code());
        assertTrue(run.err().contains("no filter to ask with: filterShare=0.5"), run.err());
    }
}
