package io.millrace.server.funnel.scoring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.bundle.BundleManifest;
import io.millrace.ranker.features.ContextEncoder;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.store.ItemRowMirror;
import io.millrace.server.TinyBundle;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/** The ranker of a bundle with halves of its items against the same without. */
class BundleRankerTest {
    private static final int ITEMS = 250;
    private static final int USERS = 20;
    private static final double TOLERANCE = 1e-5;

    private final TinyBundle tiny = new TinyBundle(ITEMS, USERS);
    private final MemorySegment userRow =
            Arena.ofAuto().allocate(tiny.schema().layout(FeatureScope.USER).rowBytes(), 64);
    private final ContextEncoder contexts = new ContextEncoder(tiny.schema());
    private final MemorySegment contextRow = Arena.ofAuto().allocate(contexts.rowBytes(), 64);
    private final int[] ordinals = new int[ITEMS];

    @TempDir Path folder;
    private Path with;
    private Path without;
    private RowTable items;
    private RowTable users;
    private ItemRowMirror mirror;

    @BeforeEach
    void writeBundles() throws IOException {
        with = tiny.write(folder.resolve("with"));
        without = tiny.write(folder.resolve("without"));
        tiny.drop(without, BundleLayout.ITEM_HALVES);
        items = rows(BundleLayout.ITEMS, FeatureScope.ITEM);
        users = rows(BundleLayout.USERS, FeatureScope.USER);
        mirror = ItemRowMirror.of(items);
        for (int i = 0; i < ITEMS; i++) {
            ordinals[i] = i * 7 % ITEMS;
        }
    }

    @AfterEach
    void close() {
        mirror.close();
        users.close();
        items.close();
    }

    @Test
    void shouldGiveTheSameLogitsWhenHalvesAreThere() {
        assertSameLogits();
    }

    /** Rows change after a bundle is built; the store keeps them, and the next start reads them. */
    @Test
    void shouldGiveTheSameLogitsWhenARowHasChangedSince() {
        float before = scores(with)[0];
        int item = ordinals[0];
        int other = ordinals[1];
        mirror.update(item, items.segment(), items.offset(other));
        assertNotEquals(before, scores(with)[0]);
        assertSameLogits();
    }

    private void assertSameLogits() {
        for (int user = 0; user < USERS; user++) {
            MemorySegment.copy(
                    users.segment(), users.offset(user), userRow, 0, users.layout().rowBytes());
            contexts.encodeInto(3_600_000L * user, new int[0], new int[0], 0, contextRow, 0);
            float[] expected = scores(without);
            float[] actual = scores(with);
            for (int i = 0; i < ITEMS; i++) {
                assertEquals(
                        logit(expected[i]),
                        logit(actual[i]),
                        TOLERANCE,
                        "user " + user + ", row " + i);
            }
        }
    }

    private static double logit(double probability) {
        return Math.log(probability / (1 - probability));
    }

    private float[] scores(Path bundle) {
        BundleManifest manifest = BundleManifest.verify(bundle);
        try (BundledModels models =
                BundledModels.open(bundle, manifest, tiny.schema(), items, mirror.room())) {
            BundleRanker ranker = new BundleRanker(models, items, mirror);
            CandidateScorer scorer = ranker.newScorer(ITEMS, MemorySegment.NULL);
            if (bundle.equals(with)) {
                assertInstanceOf(HalvesScorer.class, scorer);
            }
            float[] scores = new float[ITEMS];
            scorer.scoreInto(userRow, contextRow, ordinals, ITEMS, scores);
            return scores;
        }
    }

    private RowTable rows(String name, FeatureScope scope) {
        return RowTable.open(with.resolve(name), tiny.schema().layout(scope));
    }
}
