package io.millrace.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.wire.Status;
import io.millrace.ranker.calibration.HeadCalibrations;
import io.millrace.ranker.calibration.IsotonicCalibration;
import io.millrace.ranker.calibration.PlattCalibration;
import io.millrace.ranker.dcn.DcnModel;
import io.millrace.ranker.dcn.RankerHeads;
import io.millrace.ranker.features.ContextEncoder;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowTable;
import io.millrace.server.Frames.Column;
import io.millrace.server.WireClient.Item;
import io.millrace.server.WireClient.Result;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Bundles that declare what candidates are ordered by, asked over a socket. */
@Timeout(120)
final class ValueServingTest {
    private static final int ITEMS = 200;
    private static final int USERS = 9;
    private static final long TIMESTAMP_MS = 1_700_000_000_000L;
    private static final long NOBODY = -1;
    private static final RankerHeads THREE = new RankerHeads(List.of("click", "long_view", "like"));

    @TempDir private Path folder;

    /** With halves, which round, and without; all of the catalogue is ranked. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldOrderItemsByTheFormulaOfTheBundle(boolean hasHalves) throws IOException {
        TinyBundle tiny = new TinyBundle(ITEMS, USERS);
        Path bundle = tiny.write(folder.resolve("bundle"));
        if (!hasHalves) {
            tiny.drop(bundle, BundleLayout.ITEM_HALVES);
        }
        tiny.orderBy(bundle, "0.25*click + 3*long_view");
        long[] ids = IntStream.range(0, ITEMS).mapToLong(TinyBundle::itemId).toArray();
        try (MillraceServer server = start(bundle);
                WireClient client = new WireClient(server.port())) {
            for (int row = 0; row < USERS; row += 4) {
                Result result =
                        client.ask(
                                Frames.rank(
                                        1,
                                        TinyBundle.userId(row),
                                        0,
                                        false,
                                        TIMESTAMP_MS,
                                        List.of(),
                                        ids));
                assertEquals(Status.OK, result.status(), result.message());
                double[] values = itemValues(tiny, bundle, row);
                assertEquals(ITEMS, result.items().size());
                for (Item item : result.items()) {
                    int ordinal = Arrays.binarySearch(ids, item.itemId());
                    assertEquals(values[ordinal], item.score(), 1e-5, "item " + item.itemId());
                }
                for (int i = 1; i < ITEMS; i++) {
                    assertTrue(result.items().get(i - 1).score() >= result.items().get(i).score());
                }
            }
        }
    }

    private static double[] itemValues(TinyBundle tiny, Path bundle, int row) {
        FeatureSchema schema = tiny.schema();
        try (DcnModel model = DcnModel.load(bundle.resolve(BundleLayout.RANKER), schema);
                RowTable users =
                        RowTable.open(
                                bundle.resolve(BundleLayout.USERS),
                                schema.layout(FeatureScope.USER));
                RowTable items =
                        RowTable.open(
                                bundle.resolve(BundleLayout.ITEMS),
                                schema.layout(FeatureScope.ITEM))) {
            float[][] byHead = probabilities(schema, model, users, row, items);
            return IntStream.range(0, ITEMS)
                    .mapToDouble(i -> 0.25 * byHead[0][i] + 3.0 * byHead[1][i])
                    .toArray();
        }
    }

    /** Of one user and all items, head by head, on the moment of the requests. */
    private static float[][] probabilities(
            FeatureSchema schema, DcnModel model, RowTable users, int row, RowTable items) {
        ContextEncoder contexts = new ContextEncoder(schema);
        MemorySegment context = Arena.ofAuto().allocate(contexts.rowBytes(), 64);
        contexts.encodeInto(TIMESTAMP_MS, new int[0], new int[0], 0, context, 0);
        int count = items.count();
        long[] userOffsets = new long[count];
        Arrays.fill(userOffsets, users.offset(row));
        float[][] byHead = new float[model.heads().count()][count];
        model.newScorer(count)
                .scoreEachInto(
                        users.segment(),
                        userOffsets,
                        context,
                        new long[count],
                        items.segment(),
                        items.layout().rowBytes(),
                        IntStream.range(0, count).toArray(),
                        count,
                        byHead);
        return byHead;
    }

    @Test
    void shouldOrderRowsByTheSumOfCalibratedHeads() throws IOException {
        PlattCalibration ofLikes = new PlattCalibration(0.5, -2);
        IsotonicCalibration ofClicks =
                new IsotonicCalibration(List.of(0.1f, 0.9f), List.of(0.6f, 0.7f));
        Path bundle =
                AdBundle.write(
                        folder.resolve("bundle"),
                        THREE,
                        HeadCalibrations.of(Map.of("click", ofClicks, "like", ofLikes)),
                        "click + 0.5*long_view + 20*like");
        double[] shown = IntStream.range(0, 40).mapToDouble(i -> 3.0 * i * i - 50).toArray();
        long[] names = LongStream.range(0, shown.length).toArray();
        try (MillraceServer server = start(bundle);
                WireClient client = new WireClient(server.port())) {
            Result result =
                    client.ask(
                            Frames.rank(
                                    1,
                                    NOBODY,
                                    0,
                                    false,
                                    TIMESTAMP_MS,
                                    List.of(Column.of("shown", shown)),
                                    names));
            assertEquals(Status.OK, result.status(), result.message());
            float[][] byHead = adProbabilities(bundle, shown);
            double least = 1;
            for (Item item : result.items()) {
                int i = Math.toIntExact(item.itemId());
                double expected =
                        ofClicks.apply(byHead[0][i])
                                + 0.5 * byHead[1][i]
                                + 20 * ofLikes.apply(byHead[2][i]);
                assertEquals(expected, item.score(), 1e-5, "row " + i);
                least = Math.min(least, Math.abs(byHead[0][i] - item.score()));
            }
            assertNotEquals(0, least, "the value is not the click");
            for (int i = 1; i < shown.length; i++) {
                assertTrue(result.items().get(i - 1).score() >= result.items().get(i).score());
            }
        }
    }

    private static float[][] adProbabilities(Path bundle, double[] shown) {
        FeatureSchema schema = AdBundle.SCHEMA;
        try (RowTable.Builder user = RowTable.builder(schema.layout(FeatureScope.USER), 1);
                RowTable.Builder ads =
                        RowTable.builder(schema.layout(FeatureScope.ITEM), shown.length);
                DcnModel model = DcnModel.load(bundle.resolve(BundleLayout.RANKER), schema)) {
            user.append(0);
            for (int i = 0; i < shown.length; i++) {
                ads.append(i);
                ads.number(
                        schema.field("shown"), schema.field("shown").encoding().encode(shown[i]));
            }
            try (RowTable users = user.build();
                    RowTable items = ads.build()) {
                return probabilities(schema, model, users, 0, items);
            }
        }
    }

    @Test
    void shouldAnswerTheProbabilityOfAnotherHeadCalibrated() throws IOException {
        PlattCalibration ofLikes = new PlattCalibration(0.5, -2);
        Path bundle =
                AdBundle.write(
                        folder.resolve("bundle"),
                        THREE,
                        HeadCalibrations.of(Map.of("click", AdBundle.CALIBRATION, "like", ofLikes)),
                        "like");
        try (MillraceServer server = start(bundle);
                WireClient client = new WireClient(server.port())) {
            double[] shown = {7};
            Result result =
                    client.ask(
                            Frames.rank(
                                    1,
                                    NOBODY,
                                    0,
                                    false,
                                    TIMESTAMP_MS,
                                    List.of(Column.of("shown", shown)),
                                    5));
            float like = adProbabilities(bundle, shown)[2][0];
            assertEquals(ofLikes.apply(like), result.items().getFirst().score());
        }
    }

    @Test
    void shouldRefuseToStartWhenAHeadOfTheFormulaIsMissing() throws IOException {
        TinyBundle tiny = new TinyBundle(ITEMS, USERS);
        Path funnel = tiny.write(folder.resolve("funnel"));
        tiny.orderBy(funnel, "click + long_veiw");
        Path alone =
                AdBundle.write(
                        folder.resolve("alone"), THREE, HeadCalibrations.NONE, "click + lik");
        for (Path bundle : List.of(funnel, alone)) {
            MillraceException e = assertThrows(MillraceException.class, () -> start(bundle));
            assertEquals(ErrorCode.MISMATCH, e.code());
            assertTrue(e.getMessage().contains("did you mean "), e.getMessage());
        }
    }

    private static MillraceServer start(Path bundle) {
        return MillraceServer.start(
                TestServers.config()
                        .with("bundle", bundle.toString())
                        .with("limits.candidates", ITEMS)
                        .with("funnel.warmUpRequests", 0));
    }
}
