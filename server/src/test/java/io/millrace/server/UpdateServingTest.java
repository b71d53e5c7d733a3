package io.millrace.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.ColumnsResponseDecoder;
import io.millrace.core.wire.codec.EventCode;
import io.millrace.core.wire.codec.ScopeCode;
import io.millrace.ranker.features.RowTable;
import io.millrace.server.Frames.Column;
import io.millrace.server.Frames.Event;
import io.millrace.server.WireClient.Item;
import io.millrace.server.WireClient.Result;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Features that change while they are served, over a socket, and what is ranked by them then. */
@Timeout(120)
class UpdateServingTest {
    private static final int ITEMS = 300;
    private static final int USERS = 20;
    private static final int CANDIDATES = 100;
    private static final int KEEP_SEEN_WITHOUT_RULES = 3;
    private static final long NOW_MS = 1_700_000_000_000L;
    private static final long NOBODY = -1;
    private static final long NEWCOMER = 7_777_777;
    private static final int SCOPE_OFFSET = FrameLayout.BODY_OFFSET + 20;

    @TempDir Path folder;
    private final TinyBundle tiny = new TinyBundle(ITEMS, USERS);
    private Path bundle;
    private RestartedServer server;

    @BeforeEach
    void startServer() throws IOException {
        bundle = tiny.write(folder.resolve("bundle"));
        server = new RestartedServer(bundle);
    }

    @AfterEach
    void stopServer() throws IOException {
        server.close();
    }

    private Result update(ScopeCode scope, long id, Column... columns) throws IOException {
        return server.ask(Frames.update(9, scope, id, columns));
    }

    private void assertTaken(Result result) {
        assertEquals(Status.OK, result.status(), result.message());
        assertEquals(9, result.correlationId());
        assertEquals(List.of(), result.items());
    }

    /** The probability of an item for nobody known, asked over another connection. */
    private float scoreOf(int ordinal, Column... columns) throws IOException {
        try (WireClient other = server.connect()) {
            long itemId = TinyBundle.itemId(ordinal);
            Result result =
                    other.ask(Frames.rank(1, NOBODY, 0, false, NOW_MS, List.of(columns), itemId));
            assertEquals(Status.OK, result.status(), result.message());
            return result.items().getFirst().score();
        }
    }

    /** Columns of an item of the bundle, but for those of some names. */
    private List<Column> columnsWithout(int ordinal, Set<String> names) {
        List<Column> columns = new ArrayList<>();
        for (Column column : ItemColumns.of(tiny, bundle, List.of(ordinal))) {
            if (!names.contains(column.name())) {
                columns.add(column);
            }
        }
        return columns;
    }

    /** Features that come with a request are the oracle for those that were changed before it. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldRankAnItemByItsNewFeaturesWhenTheyWereChanged(boolean hasHalves) throws IOException {
        if (!hasHalves) {
            tiny.drop(bundle, BundleLayout.ITEM_HALVES);
            server.restart(server.config());
        }
        for (int ordinal : new int[] {0, 17, ITEMS - 1}) {
            float before = scoreOf(ordinal);
            List<Column> changed =
                    List.of(
                            Column.of("duration", 9.5),
                            Column.of("tags", 4),
                            Column.of("tags", 7),
                            Column.of("creator", 30));
            List<Column> whole = columnsWithout(ordinal, Set.of("duration", "tags", "creator"));
            whole.addAll(changed);
            float expected = scoreOf(ordinal, whole.toArray(Column[]::new));
            assertTaken(
                    update(
                            ScopeCode.ITEM,
                            TinyBundle.itemId(ordinal),
                            changed.toArray(Column[]::new)));
            assertEquals(expected, scoreOf(ordinal), 1e-6f, "item " + ordinal);
            assertTrue(Math.abs(expected - before) > 1e-4f, before + " and " + expected);
        }
        assertEquals(
                scoreOf(5, columnsWithout(5, Set.of()).toArray(Column[]::new)), scoreOf(5), 1e-6f);
    }

    @Test
    void shouldForgetAFeatureWhenItIsMissingNow() throws IOException {
        int ordinal = 8;
        Set<String> forgotten = Set.of("tags", "duration");
        Column[] rest = columnsWithout(ordinal, forgotten).toArray(Column[]::new);
        float expected = scoreOf(ordinal, rest);
        Column none = Column.of("tags", Double.NaN);
        Column unknown = Column.of("duration", Double.NaN);
        assertTaken(update(ScopeCode.ITEM, TinyBundle.itemId(ordinal), none, unknown));
        assertEquals(expected, scoreOf(ordinal), 1e-6f);
    }

    @Test
    void shouldRecommendByNewFeaturesOfUsersWhenTheyWereChanged() throws IOException {
        try (PlainFunnel oracle = new PlainFunnel(tiny, bundle)) {
            for (int row : new int[] {2, 11, USERS}) {
                long userId = row == USERS ? NEWCOMER : TinyBundle.userId(row);
                TinyUser user = row == USERS ? new TinyUser() : new TinyUser(tiny, row);
                user.becomes(4, 3.25f);
                assertTaken(
                        update(
                                ScopeCode.USER,
                                userId,
                                Column.of("activity", 3.25),
                                Column.of("age", 4)));
                assertRecommendedAs(oracle, user, userId);
                // What follows from feedback is kept, and so is what was changed.
                Event watch = Event.of(EventCode.WATCH, TinyBundle.itemId(77));
                assertEquals(Status.OK, server.ask(Frames.feedback(1, userId, 0, watch)).status());
                user.does(EventCode.WATCH, 77);
                assertRecommendedAs(oracle, user, userId);
                user.becomes(1, 3.25f);
                assertTaken(update(ScopeCode.USER, userId, Column.of("age", 1)));
                assertRecommendedAs(oracle, user, userId);
            }
        }
    }

    private void assertRecommendedAs(PlainFunnel oracle, TinyUser user, long userId)
            throws IOException {
        try (WireClient other = server.connect();
                RowTable row = user.row(tiny)) {
            byte[] frame = Frames.recommend(1, userId, 10, KEEP_SEEN_WITHOUT_RULES, NOW_MS, 0);
            List<Item> expected = oracle.recommend(row, 0, NOW_MS, CANDIDATES, 10);
            Result actual = other.ask(frame);
            assertEquals(expected.stream().map(Item::itemId).toList(), actual.itemIds());
            for (int i = 0; i < expected.size(); i++) {
                assertEquals(expected.get(i).score(), actual.items().get(i).score(), 1e-6f);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldStillHaveTheChangesWhenItWasStartedAgain(boolean hasStores) throws IOException {
        assertTaken(update(ScopeCode.ITEM, TinyBundle.itemId(3), Column.of("duration", 1)));
        assertTaken(update(ScopeCode.ITEM, TinyBundle.itemId(3), Column.of("creator", 20)));
        assertTaken(update(ScopeCode.ITEM, TinyBundle.itemId(3), Column.of("duration", 8)));
        assertTaken(update(ScopeCode.USER, NEWCOMER, Column.of("age", 2)));
        assertTaken(update(ScopeCode.USER, NEWCOMER, Column.of("activity", -1)));
        float score = scoreOf(3);
        TinyUser user = new TinyUser();
        user.becomes(2, -1);
        for (int start = 0; start < 2; start++) {
            server.restart(hasStores);
            assertEquals(score, scoreOf(3));
            try (PlainFunnel oracle = new PlainFunnel(tiny, bundle)) {
                assertRecommendedAs(oracle, user, NEWCOMER);
            }
        }
    }

    @Test
    void shouldSayWhatIsWrongWhenAnUpdateMakesNoSense() throws IOException {
        long item = TinyBundle.itemId(3);
        float before = scoreOf(3);
        Column good = Column.of("duration", 5);
        assertRefused("an update of nothing; send columns", ScopeCode.ITEM, item);
        assertRefused("no such field: field=age", ScopeCode.ITEM, item, Column.of("age", 1), good);
        assertRefused(
                "wrong form of a column: field=creator takes numbers",
                ScopeCode.ITEM,
                item,
                good,
                Column.of("creator", "Ann"));
        assertRefused(
                "number is no id of the field: field=creator",
                ScopeCode.ITEM,
                item,
                good,
                Column.of("creator", 42));
        assertRefused(
                "wrong length of values: field=duration",
                ScopeCode.ITEM,
                item,
                Column.of("duration", 1, 2));
        assertRefused(
                "a history follows from feedback; send that: field=watched",
                ScopeCode.USER,
                NEWCOMER,
                Column.of("age", 1),
                Column.of("watched", 5));
        assertRefused("features of nobody", ScopeCode.USER, NOBODY, Column.of("age", 1));
        Result unknown = update(ScopeCode.ITEM, 5, good);
        assertEquals(Status.UNKNOWN_ITEM, unknown.status());
        assertEquals("no such item: item=5", unknown.message());
        byte[] frame = Frames.update(9, ScopeCode.ITEM, item, good);
        new UnsafeBuffer(frame).putByte(SCOPE_OFFSET, (byte) 7);
        assertEquals("no such scope of features: scope=7", server.ask(frame).message());
        assertEquals(before, scoreOf(3), "nothing of any of them was done");
        assertTrue(Files.notExists(server.state().resolve("changes-00000001.log")));
    }

    private void assertRefused(String message, ScopeCode scope, long id, Column... columns)
            throws IOException {
        Result result = update(scope, id, columns);
        assertEquals(Status.BAD_REQUEST, result.status(), result.message());
        assertTrue(result.message().startsWith(message), result.message());
    }

    @Test
    void shouldTakeNoChangesWhenTheyAreOff() throws IOException {
        server.restart(server.config().with("changes.enabled", false));
        Result result = update(ScopeCode.USER, NEWCOMER, Column.of("age", 1));
        assertEquals(Status.BAD_REQUEST, result.status());
        assertTrue(result.message().contains("changes.enabled=false"), result.message());
    }

    /** There is no folder to put the journal into, as where the disk is gone. */
    @Test
    void shouldGoOnReadingWhenTheDiskTakesNoChanges() throws IOException {
        Path state = server.state();
        Path away = folder.resolve("away");
        Files.move(state, away);
        float before = scoreOf(3);
        for (int i = 0; i < 3; i++) {
            Result refused = update(ScopeCode.ITEM, TinyBundle.itemId(3), Column.of("creator", 9));
            assertEquals(Status.CHANGES_REFUSED, refused.status());
            assertTrue(
                    refused.message().startsWith("nothing is changed: cannot list the files"),
                    refused.message());
            assertEquals(before, scoreOf(3));
        }
        Files.move(away, state);
        assertTaken(update(ScopeCode.ITEM, TinyBundle.itemId(3), Column.of("creator", 9)));
        assertNotEquals(before, scoreOf(3));
    }

    @Test
    void shouldTellTheColumnsOfItemsAndUsers() throws IOException {
        assertEquals(
                List.of("item", "creator", "tags", "duration"),
                names(server.client().columns(Frames.scopeColumns(1, ScopeCode.ITEM))));
        assertEquals(
                List.of("age", "activity"),
                names(server.client().columns(Frames.scopeColumns(1, ScopeCode.USER))));
        assertEquals(
                List.of("item", "creator", "tags", "duration"), names(server.client().columns()));
    }

    private static List<String> names(ColumnsResponseDecoder response) {
        List<String> names = new ArrayList<>();
        for (ColumnsResponseDecoder.ColumnsDecoder column : response.columns()) {
            names.add(column.name());
        }
        return names;
    }

    /** One connection tells what a user does, another who the user is: neither undoes the other. */
    @Test
    void shouldLoseNothingWhenFeedbackAndUpdatesCrossEachOther() throws Exception {
        int rounds = 200;
        long userId = TinyBundle.userId(1);
        Thread other =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    try (WireClient updates = server.connect()) {
                                        for (int i = 1; i <= rounds; i++) {
                                            updates.ask(
                                                    Frames.update(
                                                            i,
                                                            ScopeCode.USER,
                                                            userId,
                                                            Column.of("activity", i)));
                                        }
                                    } catch (IOException e) {
                                        throw new AssertionError(e);
                                    }
                                });
        TinyUser user = new TinyUser(tiny, 1);
        for (int i = 0; i < rounds; i++) {
            Event watch = Event.of(EventCode.WATCH, TinyBundle.itemId(i));
            server.ask(Frames.feedback(i, userId, 0, watch));
            user.does(EventCode.WATCH, i);
        }
        other.join();
        user.becomes(1, rounds);
        try (PlainFunnel oracle = new PlainFunnel(tiny, bundle)) {
            assertRecommendedAs(oracle, user, userId);
        }
    }
}
