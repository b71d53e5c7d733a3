package io.millrace.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.index.filter.OrdinalBitSet;
import io.millrace.index.filter.OrdinalSet;

import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Arrays;
import java.util.stream.Stream;

/**
 * Bad and borderline input of every kind of search of every kind of index. Bad rows and parameters
 * of a build are {@link HnswInputTest}'s, bad changes {@link MutableHnswIndexTest}'s, bad files
 * {@link HnswFileTest}'s and {@link HnswForgeryTest}'s, full disks those of the core's section
 * files, bad files of vectors and queries of {@code ann bench} those of its own tests.
 */
@ExtendWith(FreesMemory.class)
final class SearchInputTest {
    private static final int DIMENSION = 3;
    private static final int MAX_K = 50;
    private static final int MAX_EF = 64;

    private final int[] ordinals = new int[MAX_K];
    private final float[] scores = new float[MAX_K];

    /** What is searched. */
    enum Kind {
        FLAT {
            @Override
            VectorIndex open(VectorSet rows, Metric metric) {
                return FlatIndex.over(rows, Worlds.ids(rows.count()), metric);
            }
        },
        F32 {
            @Override
            VectorIndex open(VectorSet rows, Metric metric) {
                return HnswRecallTest.build(rows, metric, 1, GraphLayout.F32);
            }
        },
        INLINED {
            @Override
            VectorIndex open(VectorSet rows, Metric metric) {
                return HnswRecallTest.build(rows, metric, 1, GraphLayout.INLINED);
            }
        },
        INLINED_4_BITS {
            @Override
            VectorIndex open(VectorSet rows, Metric metric) {
                HnswParameters parameters =
                        HnswParameters.defaults(metric)
                                .withLayout(GraphLayout.INLINED)
                                .withCodeBits(4);
                return HnswBuilder.build(
                        rows, Worlds.ids(rows.count()), parameters, ProgressListener.NONE);
            }
        };

        abstract VectorIndex open(VectorSet rows, Metric metric);
    }

    /** How it is searched. */
    enum Call {
        PLAIN {
            @Override
            int search(Opened world, float[] query, SearchRequest request) {
                return world.index.searchInto(
                        world.scratch,
                        query,
                        request.k(),
                        request.efSearch(),
                        world.ordinals,
                        world.scores);
            }
        },
        REQUEST {
            @Override
            int search(Opened world, float[] query, SearchRequest request) {
                return world.index.searchInto(
                        world.scratch, query, request, world.ordinals, world.scores);
            }
        },
        RANGE {
            @Override
            int search(Opened world, float[] query, SearchRequest request) {
                return REQUEST.search(world, query, request.minScore(-1e9f));
            }
        },
        PAGES {
            @Override
            int search(Opened world, float[] query, SearchRequest request) {
                int found = REQUEST.search(world, query, request.resumable(true));
                int[] next = new int[MAX_K];
                float[] nextScores = new float[MAX_K];
                int more = world.index.nextInto(world.scratch, next, nextScores);
                int rest = Math.min(request.k(), world.accepted(request) - found);
                assertEquals(rest, more, "rows of the next page");
                return found;
            }
        },
        ANY {
            @Override
            int search(Opened world, float[] query, SearchRequest request) {
                float[][] twice = {query, query};
                return world.index.searchAnyInto(
                        world.scratch, twice, request, world.ordinals, world.scores);
            }
        },
        BATCH {
            @Override
            int search(Opened world, float[] query, SearchRequest request) {
                BatchSearcher.Answers answers = new BatchSearcher.Answers(2);
                float[][] twice = {query, query};
                int[][] found = {new int[MAX_K], world.ordinals};
                float[][] ranked = {new float[MAX_K], world.scores};
                try (BatchSearcher searcher = new BatchSearcher(world.index, 2, MAX_K, MAX_EF)) {
                    searcher.searchInto(twice, request, found, ranked, answers);
                }
                assertEquals(answers.count(0), answers.count(1));
                return answers.count(1);
            }
        },
        WHILE_IT_CHANGES {
            @Override
            int search(Opened world, float[] query, SearchRequest request) {
                HnswIndex source = (HnswIndex) world.index;
                long[] ids = new long[MAX_K];
                try (MutableHnswIndex live = MutableHnswIndex.copyOf(source, MAX_K)) {
                    int found =
                            live.newReader(MAX_K, MAX_EF)
                                    .searchInto(
                                            query,
                                            request.k(),
                                            request.efSearch(),
                                            ids,
                                            world.scores);
                    for (int i = 0; i < found; i++) {
                        world.ordinals[i] = source.ordinalOf(ids[i]);
                    }
                    return found;
                }
            }

            @Override
            boolean fits(Kind kind) {
                return kind != Kind.FLAT;
            }
        };

        abstract int search(Opened world, float[] query, SearchRequest request);

        boolean fits(Kind kind) {
            return true;
        }

        boolean isOfMany() {
            return this == ANY || this == BATCH;
        }

        boolean takesFilters() {
            return this != PLAIN && this != WHILE_IT_CHANGES;
        }
    }

    /** An index with what searches of it need. */
    static final class Opened {
        private final VectorIndex index;
        private final SearchScratch scratch;
        private final int[] ordinals;
        private final float[] scores;

        Opened(VectorIndex index, int[] ordinals, float[] scores) {
            this.index = index;
            this.ordinals = ordinals;
            this.scores = scores;
            scratch = index.newScratch(MAX_K, MAX_EF);
        }

        int accepted(SearchRequest request) {
            OrdinalSet filter = request.filter();
            return filter == null ? index.size() : filter.cardinality();
        }
    }

    static Stream<Arguments> allWays() {
        return Stream.of(Kind.values())
                .flatMap(
                        kind ->
                                Stream.of(Call.values())
                                        .filter(call -> call.fits(kind))
                                        .map(call -> Arguments.of(kind, call)));
    }

    static Stream<Arguments> waysWithFilters() {
        return allWays().filter(way -> ((Call) way.get()[1]).takesFilters());
    }

    @ParameterizedTest
    @MethodSource("allWays")
    void shouldFindNothingWhenTheIndexIsEmpty(Kind kind, Call call) {
        for (Metric metric : Metric.values()) {
            try (VectorSet none = VectorSet.allocate(0, DIMENSION);
                    VectorIndex index = kind.open(none, metric)) {
                assertEquals(0, call.search(opened(index), new float[] {1, 2, 3}, request(10)));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("allWays")
    void shouldFindAllWhenKIsMoreThanThereIs(Kind kind, Call call) {
        for (int count : new int[] {1, 2, 7, 40}) {
            try (VectorSet rows = Worlds.GAUSSIAN.rows(count, DIMENSION, 1);
                    VectorIndex index = kind.open(rows, Metric.L2)) {
                int found = call.search(opened(index), Worlds.row(rows, 0), request(MAX_K));
                assertEquals(count, found);
                assertEquals(0, ordinals[0]);
                int[] each = Arrays.copyOf(ordinals, found);
                Arrays.sort(each);
                for (int i = 0; i < count; i++) {
                    assertEquals(i, each[i]);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("allWays")
    void shouldFindNothingWhenKIsZeroAndRefuseWhenItIsNoK(Kind kind, Call call) {
        try (VectorSet rows = Worlds.GAUSSIAN.rows(30, DIMENSION, 1);
                VectorIndex index = kind.open(rows, Metric.L2)) {
            Opened world = opened(index);
            float[] query = {1, 2, 3};
            assertEquals(0, call.search(world, query, request(0)));
            assertRefused(ErrorCode.USAGE, "k=-1", () -> call.search(world, query, request(-1)));
            assertRefused(
                    ErrorCode.LIMIT,
                    "k=51, limit=50",
                    () -> call.search(world, query, request(MAX_K + 1)));
            assertRefused(
                    ErrorCode.LIMIT,
                    "ef=65, limit=64",
                    () -> call.search(world, query, request(1).efSearch(MAX_EF + 1)));
        }
    }

    @ParameterizedTest
    @MethodSource("allWays")
    void shouldRefuseWhenTheQueryIsNone(Kind kind, Call call) {
        for (Metric metric : Metric.values()) {
            try (VectorSet rows = Worlds.GAUSSIAN.rows(30, DIMENSION, 1);
                    VectorIndex index = kind.open(rows, metric)) {
                Opened world = opened(index);
                for (int dimension : new int[] {0, 2, 4}) {
                    assertRefused(
                            ErrorCode.BAD_INPUT,
                            "dimension=" + dimension + ", index=3",
                            () -> call.search(world, new float[dimension], request(1)));
                }
                for (float bad :
                        new float[] {
                            Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1e30f
                        }) {
                    assertRefused(
                            ErrorCode.BAD_INPUT,
                            call.isOfMany() ? "query=0" : "query, column=1, value=" + bad,
                            () -> call.search(world, new float[] {1, bad, 3}, request(1)));
                }
                if (metric == Metric.COSINE) {
                    assertRefused(
                            ErrorCode.BAD_INPUT,
                            "zero",
                            () -> call.search(world, new float[DIMENSION], request(1)));
                } else {
                    assertEquals(1, call.search(world, new float[DIMENSION], request(1)));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("waysWithFilters")
    void shouldFindNothingWhenTheFilterMatchesNothing(Kind kind, Call call) {
        try (VectorSet rows = Worlds.GAUSSIAN.rows(30, DIMENSION, 1);
                VectorIndex index = kind.open(rows, Metric.L2)) {
            Opened world = opened(index);
            float[] query = {1, 2, 3};
            SearchRequest request = request(5).filter(new OrdinalBitSet(30));
            assertEquals(0, call.search(world, query, request));
            assertRefused(
                    ErrorCode.MISMATCH,
                    "rows=31, index=30",
                    () -> call.search(world, query, request.filter(new OrdinalBitSet(31))));
        }
    }

    private Opened opened(VectorIndex index) {
        return new Opened(index, ordinals, scores);
    }

    private static SearchRequest request(int k) {
        return new SearchRequest().k(k).efSearch(MAX_EF);
    }

    private static void assertRefused(ErrorCode code, String part, Runnable search) {
        MillraceException e = assertThrows(MillraceException.class, search::run);
        assertEquals(code, e.code(), e.getMessage());
        assertTrue(e.getMessage().contains(part), e.getMessage());
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
    }
}
