package io.millrace.server.funnel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.progress.ProgressListener;
import io.millrace.server.TestServers;
import io.millrace.server.request.RequestKind;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

@Timeout(60)
class WarmUpTest {
    private static final int REQUESTS = 128;

    @Test
    void shouldAskForAllThatMayBeAskedFor() {
        List<String> filters = List.of("a = 1", "b = 2", "c = 3", "d = 4", "e = 5");
        List<String> asked = new ArrayList<>();
        Set<RequestKind> kinds = EnumSet.noneOf(RequestKind.class);

        run(
                filters,
                (request, answer, clock) -> {
                    // Warming up goes on for as long as somebody allocates.
                    if (asked.size() < REQUESTS) {
                        asked.add(request.filter().toString());
                        kinds.add(request.kind());
                    }
                });

        assertEquals(REQUESTS, asked.size());
        Set<String> different = new HashSet<>(asked);
        assertTrue(different.remove(""), "requests without a filter");
        assertEquals(Set.copyOf(filters), different);
        assertEquals(
                EnumSet.of(
                        RequestKind.RECOMMEND,
                        RequestKind.SIMILAR,
                        RequestKind.SEARCH,
                        RequestKind.RANK),
                kinds);
    }

    @Test
    void shouldNotFilterWhereNothingCanBeFilteredBy() {
        int[] answered = new int[1];
        int[] filtered = new int[1];

        run(
                List.of(),
                (request, answer, clock) -> {
                    answered[0]++;
                    filtered[0] += request.filter().isEmpty() ? 0 : 1;
                });

        assertTrue(answered[0] >= REQUESTS, "answered=" + answered[0]);
        assertEquals(0, filtered[0]);
    }

    @Test
    void shouldEndWhenWorkersAllocateNothing() {
        int[] answered = new int[1];

        run(List.of("a = 1", "b = 2"), (request, answer, clock) -> answered[0]++);

        // To the limit of its time it would answer millions that cost nothing.
        assertTrue(answered[0] < 100_000, "answered=" + answered[0]);
    }

    private static void run(List<String> filters, FunnelWorker worker) {
        Catalogue catalogue =
                new Catalogue(
                        1,
                        100,
                        10,
                        4,
                        List.of(1L, 2L),
                        List.of(3L, 4L),
                        filters,
                        List.of(),
                        List.of(),
                        List.of());
        WarmUp.run(
                catalogue, worker, TestServers.config().limits(), REQUESTS, ProgressListener.NONE);
    }
}
