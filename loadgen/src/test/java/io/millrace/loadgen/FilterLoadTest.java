package io.millrace.loadgen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.client.FakeServer;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.wire.WireLimits;
import io.millrace.core.wire.codec.RecommendRequestDecoder;
import io.millrace.core.wire.codec.SearchRequestDecoder;
import io.millrace.core.wire.codec.SimilarRequestDecoder;
import io.millrace.loadgen.plan.LoadPlan;
import io.millrace.loadgen.plan.RequestFilters;
import io.millrace.loadgen.report.LoadReport;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;

/** Loads of requests that bring filters. */
final class FilterLoadTest {
    private static final List<String> FILTERS = List.of("a = 1", "tags has 'it''s new'");
    private static final float[][] VECTORS = {{1, 0, 0.5f}, {-2, 3, 0}};
    private static final long[] USERS = {11, 12, 13};
    private static final long[] ITEMS = {101, 102};

    private final Map<String, Integer> asked = new ConcurrentSkipListMap<>();
    private final Set<Long> ids = ConcurrentHashMap.newKeySet();

    private void answer(FakeServer.Peer peer) throws IOException {
        if (peer.isSimilar()) {
            SimilarRequestDecoder similar = peer.similar();
            similar.exclude();
            ids.add(similar.itemId());
            count("similar", similar.filter(), similar.experimentKey());
        } else if (peer.isSearch()) {
            SearchRequestDecoder search = peer.search();
            search.skipVector();
            count("search", search.filter(), search.experimentKey());
        } else {
            RecommendRequestDecoder recommend = peer.recommend();
            recommend.context();
            recommend.exclude();
            recommend.history();
            ids.add(recommend.userId());
            count("recommend", recommend.filter(), recommend.experimentKey());
        }
        peer.answerSound();
    }

    private void count(String kind, String filter, String key) {
        asked.merge(kind + ": " + filter + key, 1, Integer::sum);
    }

    private LoadReport load(RequestFilters filters) throws InterruptedException {
        try (FakeServer server = new FakeServer((peer, number) -> answer(peer))) {
            return LoadGeneratorTest.run(
                    LoadPlan.to("127.0.0.1", server.port(), USERS)
                            .warmupMs(0)
                            .durationMs(1_000)
                            .ratePerSecond(600)
                            .similar(0.3, ITEMS)
                            .search(0.3, VECTORS)
                            .filters(filters));
        }
    }

    @Test
    void shouldBringEachFilterAsOftenAsItIsSaid() throws InterruptedException {
        LoadReport report = load(new RequestFilters(FILTERS, 0.5));

        assertEquals(report.counts().planned(), report.counts().answered());
        assertEquals(0, report.counts().malformed());
        assertEquals(Set.of(11L, 12L, 13L, 101L, 102L), Set.copyOf(ids));
        for (String kind : List.of("recommend: ", "search: ", "similar: ")) {
            double all = countOf(kind);
            assertEquals(0.5, asked.getOrDefault(kind, 0) / all, 0.15, asked::toString);
            for (String filter : FILTERS) {
                assertEquals(
                        0.25, asked.getOrDefault(kind + filter, 0) / all, 0.15, asked::toString);
            }
        }
    }

    private int countOf(String kind) {
        return asked.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(kind))
                .mapToInt(Map.Entry::getValue)
                .sum();
    }

    @Test
    void shouldBringNoneWhereThereAreNone() throws InterruptedException {
        load(RequestFilters.NONE);

        assertEquals(Set.of("recommend: ", "search: ", "similar: "), asked.keySet());
    }

    @Test
    void shouldBringOneWithEachRequestWhereAllShould() throws InterruptedException {
        load(new RequestFilters(FILTERS, 1));

        assertTrue(
                asked.keySet().stream().noneMatch(question -> question.endsWith(": ")),
                asked.keySet().stream().collect(Collectors.joining("; ")));
    }

    @Test
    void shouldRefuseWhatNoRequestHasRoomFor() {
        for (String text : List.of(" ", "a".repeat(WireLimits.MAX_FILTER_BYTES + 1))) {
            MillraceException e =
                    assertThrows(
                            MillraceException.class, () -> new RequestFilters(List.of(text), 1));
            assertEquals(ErrorCode.USAGE, e.code());
            assertTrue(e.getMessage().startsWith("out of range: bytes="), e.getMessage());
        }
    }
}
