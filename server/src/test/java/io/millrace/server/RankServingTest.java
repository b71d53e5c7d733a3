package io.millrace.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.random.SplitRandom;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.ColumnsResponseDecoder;
import io.millrace.core.wire.codec.FormCode;
import io.millrace.core.wire.codec.ReasonCode;
import io.millrace.core.wire.codec.SourceCode;
import io.millrace.server.Frames.Column;
import io.millrace.server.WireClient.Item;
import io.millrace.server.WireClient.Result;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.request.RequestKind;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Rank requests to the bundle of a whole funnel, asked over a socket. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RankServingTest {
    private static final int ITEMS = 300;
    private static final int USERS = 20;
    private static final int MOST_CANDIDATES = 150;
    private static final long TIMESTAMP_MS = 1_700_000_000_000L;
    private static final long NOBODY = -1;

    private final TinyBundle tiny = new TinyBundle(ITEMS, USERS);
    private Path bundle = Path.of("");
    private MillraceServer server;
    private WireClient client;
    private PlainFunnel oracle;

    @BeforeAll
    void startServer(@TempDir Path folder) throws IOException {
        bundle = tiny.write(folder.resolve("bundle"));
        // Halves are rounded: without them the scores are those of plain computation bit for bit.
        tiny.drop(bundle, BundleLayout.ITEM_HALVES);
        oracle = new PlainFunnel(tiny, bundle);
        ServerConfig config =
                TestServers.config()
                        .with("bundle", bundle.toString())
                        .with("limits.candidates", MOST_CANDIDATES)
                        .with("limits.columnBytes", 20_000)
                        .with("funnel.candidates", 50)
                        .with("funnel.warmUpRequests", 0);
        server = MillraceServer.start(config);
    }

    @AfterAll
    void stopServer() {
        server.close();
        oracle.close();
    }

    @BeforeEach
    void connect() throws IOException {
        client = new WireClient(server.port());
    }

    @AfterEach
    void disconnect() throws IOException {
        client.close();
    }

    private Result rank(long userId, int k, long... itemIds) throws IOException {
        return client.ask(Frames.rank(1, userId, k, false, TIMESTAMP_MS, List.of(), itemIds));
    }

    private Result rankRows(List<Column> columns, long... names) throws IOException {
        return client.ask(Frames.rank(1, NOBODY, 0, false, TIMESTAMP_MS, columns, names));
    }

    private static long[] ids(Iterable<Integer> ordinals) {
        List<Long> ids = new ArrayList<>();
        for (int ordinal : ordinals) {
            ids.add(TinyBundle.itemId(ordinal));
        }
        return ids.stream().mapToLong(Long::longValue).toArray();
    }

    private static Set<Integer> someOrdinals(int count, long seed) {
        SplitRandom random = new SplitRandom(seed);
        Set<Integer> ordinals = new LinkedHashSet<>();
        while (ordinals.size() < count) {
            ordinals.add(random.nextInt(ITEMS));
        }
        return ordinals;
    }

    /** What plain computation makes of candidates: all of them, the best first. */
    private List<Item> expected(int row, Iterable<Integer> ordinals) {
        List<Item> scored = new ArrayList<>();
        for (int ordinal : ordinals) {
            scored.add(
                    new Item(
                            TinyBundle.itemId(ordinal),
                            oracle.probability(row, TIMESTAMP_MS, ordinal),
                            SourceCode.RANKED));
        }
        scored.sort(
                Comparator.comparingDouble((Item item) -> -item.score())
                        .thenComparingLong(Item::itemId));
        return scored;
    }

    @Test
    void shouldOrderAllCandidatesByTheirProbability() throws IOException {
        for (int row = 0; row < USERS; row += 3) {
            Set<Integer> ordinals = someOrdinals(MOST_CANDIDATES, row);
            Result result = rank(TinyBundle.userId(row), 0, ids(ordinals));
            assertEquals(Status.OK, result.status());
            assertEquals(ReasonCode.NONE, result.reason());
            assertEquals(MOST_CANDIDATES, result.retrieved());
            assertEquals(MOST_CANDIDATES, result.ranked());
            assertEquals(expected(row, ordinals), result.items());
        }
    }

    @Test
    void shouldAnswerTheBestWhenFewerAreWanted() throws IOException {
        Set<Integer> ordinals = someOrdinals(40, 1);
        List<Item> best = expected(4, ordinals).subList(0, 7);
        Result result = rank(TinyBundle.userId(4), 7, ids(ordinals));
        assertEquals(ReasonCode.NONE, result.reason());
        assertEquals(best, result.items());
    }

    /** What was watched is ranked all the same: the caller has chosen. */
    @Test
    void shouldKeepWhatTheUserHasSeen() throws IOException {
        Set<Integer> seen = new LinkedHashSet<>();
        for (int ordinal : tiny.watched(2)) {
            seen.add(ordinal);
        }
        Result result = rank(TinyBundle.userId(2), 0, ids(seen));
        assertEquals(expected(2, seen), result.items());
    }

    @Test
    void shouldLeaveOutUnknownItemsAndAnswerEachOnce() throws IOException {
        long first = TinyBundle.itemId(9);
        long second = TinyBundle.itemId(10);
        Result result = rank(TinyBundle.userId(1), 0, -5, first, second, first, 999_999, first);
        assertEquals(Status.OK, result.status());
        assertEquals(ReasonCode.FEWER_THAN_K, result.reason());
        assertEquals(2, result.retrieved());
        assertEquals(Set.of(first, second), Set.copyOf(result.itemIds()));
        assertEquals(2, result.items().size());
        Result none = rank(TinyBundle.userId(1), 3, -5, -6);
        assertEquals(Status.OK, none.status());
        assertEquals(ReasonCode.FEWER_THAN_K, none.reason());
        assertEquals(List.of(), none.items());
        assertEquals(List.of(), rank(TinyBundle.userId(1), 0).items());
    }

    @Test
    void shouldTellStrangersFromNobody() throws IOException {
        Set<Integer> ordinals = someOrdinals(20, 3);
        Result nobody = rank(NOBODY, 0, ids(ordinals));
        assertEquals(ReasonCode.NONE, nobody.reason());
        assertEquals(expected(-1, ordinals), nobody.items());
        Result stranger = rank(77_777, 0, ids(ordinals));
        assertEquals(ReasonCode.COLD_START, stranger.reason());
        assertEquals(nobody.items(), stranger.items());
    }

    @Test
    void shouldCapCreatorsWhenRulesAreWanted() throws IOException {
        // Items of three creators: by score alone one of them has more than two of the first six.
        List<Integer> ordinals = new ArrayList<>();
        for (int ordinal = 0; ordinal < ITEMS; ordinal++) {
            if (tiny.creator(ordinal) < 3) {
                ordinals.add(ordinal);
            }
        }
        byte[] frame =
                Frames.rank(
                        1, TinyBundle.userId(3), 6, true, TIMESTAMP_MS, List.of(), ids(ordinals));
        Result result = client.ask(frame);
        assertEquals(ReasonCode.NONE, result.reason());
        Map<Integer, Integer> ofCreator = new HashMap<>();
        for (long itemId : result.itemIds()) {
            ofCreator.merge(tiny.creator((int) (itemId - 10_000) / 7), 1, Integer::sum);
        }
        assertEquals(Map.of(0, 2, 1, 2, 2, 2), ofCreator);
        Result plain = rank(TinyBundle.userId(3), 6, ids(ordinals));
        assertNotEquals(plain.itemIds(), result.itemIds());
    }

    /** The features of items of the catalogue, sent as columns, score as these items do. */
    @Test
    void shouldScoreRowsAsItemsOfTheSameFeatures() throws IOException {
        Set<Integer> ordinals = someOrdinals(MOST_CANDIDATES, 8);
        List<Column> columns = ItemColumns.of(tiny, bundle, ordinals);
        List<Item> expected = expected(-1, ordinals);
        Result result = rankRows(columns, ids(ordinals));
        assertEquals(Status.OK, result.status(), result.message());
        assertEquals(ReasonCode.NONE, result.reason());
        assertEquals(MOST_CANDIDATES, result.ranked());
        assertEquals(expected, result.items(), "scores, bit for bit");
    }

    @Test
    void shouldTakeOneValueForAllCandidates() throws IOException {
        long[] names = {1, 2, 3};
        Result one = rankRows(List.of(Column.of("creator", 7), duration()), names);
        Result each = rankRows(List.of(Column.of("creator", 7, 7, 7), duration()), names);
        assertEquals(Status.OK, one.status(), one.message());
        assertEquals(each.items(), one.items());
        Result other = rankRows(List.of(Column.of("creator", 8), duration()), names);
        assertNotEquals(one.items(), other.items());
    }

    private static Column duration() {
        return Column.of("duration", 1, 2, Double.NaN);
    }

    /** Names are the caller's: the same one may stand for several rows. */
    @Test
    void shouldAnswerEveryRowWhenTheirNamesAreTheSame() throws IOException {
        Result result = rankRows(List.of(Column.of("creator", 5, 9)), 4, 4);
        assertEquals(List.of(4L, 4L), result.itemIds());
        assertNotEquals(result.items().get(0).score(), result.items().get(1).score());
    }

    @Test
    void shouldSayWhatIsWrongWithColumns() throws IOException {
        assertBad("no such field: field=colour; ask the server for", Column.of("colour", 1, 2));
        assertBad(
                "wrong form of a column: field=creator takes numbers, not texts",
                Column.of("creator", "a", "b"));
        assertBad(
                "too many columns of a field: field=duration, limit=1",
                Column.of("duration", 1, 2),
                Column.of("duration", 1, 2));
        assertBad(
                "wrong length of values: field=duration, bytes=24, candidates=2; send a value for"
                        + " each, or one for all",
                Column.of("duration", 1, 2, 3));
        assertBad(
                "wrong length of values: field=duration, bytes=9, candidates=2",
                new Column(FormCode.NUMBERS, "duration", new byte[9]));
        assertBad(
                "number is not finite: field=duration, candidate=1, item=12",
                Column.of("duration", 1, Double.NEGATIVE_INFINITY));
        assertBad(
                "number is not finite: field=duration, candidate=0, item=11",
                Column.of("duration", 1e39, 1));
        assertBad(
                "number is no id of the field: field=creator, candidate=1, item=12, value=42",
                Column.of("creator", 41, 42));
        assertBad(
                "number is no id of the field: field=creator, candidate=0, item=11, value=-1",
                Column.of("creator", -1, 2));
        assertBad(
                "number is no id of the field: field=creator, candidate=0, item=11, value=2",
                Column.of("creator", 2.5, 2));
        byte[] frame =
                Frames.rank(1, NOBODY, 0, true, 0, List.of(Column.of("creator", 3, 4)), 11, 12);
        assertEquals(
                "rules need items of the catalogue; leave out the flag or the columns",
                client.ask(frame).message());
    }

    private void assertBad(String message, Column... columns) throws IOException {
        Result result = rankRows(List.of(columns), 11, 12);
        assertEquals(Status.BAD_REQUEST, result.status());
        assertTrue(result.message().startsWith(message), result.message());
        assertEquals(List.of(), result.items());
        // The next request is none the worse for it.
        assertEquals(2, rankRows(List.of(Column.of("creator", 3, 4)), 11, 12).items().size());
    }

    @Test
    void shouldRefuseMoreThanTheLimits() throws IOException {
        Result many = rank(NOBODY, 0, ids(someOrdinals(MOST_CANDIDATES + 1, 1)));
        assertEquals(Status.BAD_REQUEST, many.status());
        assertEquals("too many candidates: count=151, limit=150", many.message());
        double[] numbers = new double[MOST_CANDIDATES];
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            columns.add(Column.of("tags", numbers));
        }
        Result wide = rankRows(columns, 1);
        assertEquals("too many columns: count=7, limit=6", wide.message());
        columns = List.of(Column.of("creator", new double[2_500]));
        Result large = rankRows(columns, 1);
        assertEquals("columns too long: bytes=20007, limit=20000", large.message());
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 255})
    void shouldRefuseFormsThatAreNotKnown(int form) throws IOException {
        byte[] frame = Frames.rank(1, NOBODY, 0, false, 0, List.of(Column.of("creator", 1)), 1);
        int values = Integer.BYTES + Double.BYTES;
        int name = Integer.BYTES + "creator".length();
        frame[frame.length - values - name - 1] = (byte) form;
        assertEquals("no such form of a column: form=" + form, client.ask(frame).message());
    }

    @Test
    void shouldListTheColumnsThereAre() throws IOException {
        ColumnsResponseDecoder response = client.columns();
        assertEquals(server.catalogue().fingerprint(), response.fingerprint());
        assertEquals(MOST_CANDIDATES, response.maxCandidates());
        assertEquals(20_000, response.maxColumnBytes());
        List<String> columns = new ArrayList<>();
        for (ColumnsResponseDecoder.ColumnsDecoder column : response.columns()) {
            String form = column.form() + " " + column.maxValues();
            columns.add(column.name() + " " + form);
        }
        assertEquals(
                List.of(
                        "item NUMBERS 1",
                        "creator NUMBERS 1",
                        "tags NUMBERS 3",
                        "duration NUMBERS 1"),
                columns);
    }

    @Test
    void shouldCountByKind() throws IOException {
        long before = server.statistics().count(RequestKind.RANK, Status.OK);
        long served = server.requestsServed();
        rank(NOBODY, 0, TinyBundle.itemId(1));
        client.columns();
        assertEquals(before + 1, server.statistics().count(RequestKind.RANK, Status.OK));
        assertEquals(served + 1, server.requestsServed());
        assertTrue(server.statistics().count(RequestKind.COLUMNS, Status.OK) > 0);
    }

    @Test
    void shouldNotKnowTheMessageWhenTheFrameIsOfVersionTwo() throws IOException {
        byte[] frame = Frames.rank(1, NOBODY, 0, TinyBundle.itemId(1));
        frame[10] = 2;
        assertEquals(Status.UNSUPPORTED_VERSION, client.ask(frame).status());
    }
}
