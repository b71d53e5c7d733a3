package io.millrace.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.index.GraphLayout;
import io.millrace.server.config.ServerConfig;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;

/** The same answers from a graph whose nodes hold codes, and whose rows are turned. */
class InlinedBundleServingTest extends BundleServingTest {
    private static final int ITEMS = 500;
    private static final int USERS = 40;

    @Override
    GraphLayout layout() {
        return GraphLayout.INLINED;
    }

    /**
     * All: towers that were never trained put users far from all items, where codes of one bit
     * can't tell these apart.
     */
    @Override
    int candidates() {
        return BundleServingTest.ITEMS;
    }

    /** All there is goes through ranker and rules, so that only the layouts could differ. */
    @Test
    void shouldAnswerWhatPlainRowsAnswerWhenRulesAreApplied(@TempDir Path folder)
            throws IOException {
        try (MillraceServer plain = serve(folder.resolve("plain"), GraphLayout.F32);
                MillraceServer inlined = serve(folder.resolve("inlined"), GraphLayout.INLINED);
                WireClient askingPlain = new WireClient(plain.port());
                WireClient askingInlined = new WireClient(inlined.port())) {
            for (int row = 0; row < USERS; row++) {
                byte[] recommend =
                        Frames.recommend(row, TinyBundle.userId(row), 10, 0, 1_700_000_000_000L, 0);
                assertEquals(
                        askingPlain.ask(recommend).itemIds(),
                        askingInlined.ask(recommend).itemIds(),
                        "row=" + row);
                byte[] similar = Frames.similar(row, TinyBundle.itemId(7 * row), 10, true);
                assertEquals(
                        askingPlain.ask(similar).itemIds(),
                        askingInlined.ask(similar).itemIds(),
                        "row=" + row);
            }
        }
    }

    private static MillraceServer serve(Path bundle, GraphLayout layout) throws IOException {
        new TinyBundle(ITEMS, USERS, layout).write(bundle);
        ServerConfig config =
                TestServers.config()
                        .with("bundle", bundle.toString())
                        .with("funnel.candidates", ITEMS)
                        .with("funnel.warmUpRequests", 0);
        return MillraceServer.start(config);
    }
}
