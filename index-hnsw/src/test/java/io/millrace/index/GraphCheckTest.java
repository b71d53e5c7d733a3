package io.millrace.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.index.graph.LayeredGraph;
import io.millrace.index.graph.NodeLayout;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** A check that never finds anything would be worth nothing: graphs are broken and must be seen. */
final class GraphCheckTest {
    private static final int ROWS = 500;

    private VectorSet rows;
    private HnswIndex index;

    @BeforeEach
    void build() {
        rows = Worlds.GAUSSIAN.rows(ROWS, 10, 1);
        index = HnswRecallTest.build(rows, Metric.L2, 2);
    }

    @AfterEach
    void close() {
        index.close();
        rows.close();
    }

    @Test
    void shouldReportASoundGraphWhenNothingIsBroken() {
        GraphReport report = GraphCheck.check(index, ROWS, 1);
        assertEquals(ROWS, report.nodes());
        assertEquals(ROWS, report.reachable());
        assertEquals(0, report.zeroInDegree());
        assertTrue(report.minDegree() > 0 && report.maxDegree() <= 32, report.toString());
        assertTrue(report.meanDegree() > 5 && report.meanDegree() <= 32, report.toString());
        assertTrue(report.levels() >= 2, report.toString());
        assertEquals(1, report.selfRecall());
        report.requireServable("file");
        assertEquals(0, report.unreachable());
        GraphReport.InDegree in = report.inDegree();
        int[] plain = inDegrees();
        assertEquals(
                new GraphReport.InDegree(
                        plain[0], plain[4], plain[249], plain[495], plain[ROWS - 1]),
                in);
    }

    @Test
    void shouldRefuseToServeWhenLinksAreCut() {
        for (int node = 0; node < ROWS; node++) {
            for (int i = 1; i < 32; i++) {
                setLink(node, i, LayeredGraph.NONE);
            }
        }
        GraphReport report = GraphCheck.check(index, 100, 1);
        MillraceException e =
                assertThrows(MillraceException.class, () -> report.requireServable("file"));
        assertEquals(ErrorCode.UNAVAILABLE, e.code());
        assertTrue(
                e.getMessage().contains("unreachable=" + report.unreachable() + ", limit=0"),
                e.getMessage());
        assertTrue(report.selfRecall() < 0.95, report.toString());
    }

    @Test
    void shouldRefuseToServeWhenNodesDoNotFindThemselves() {
        GraphReport sound = GraphCheck.check(index, 100, 1);
        for (double recall : new double[] {0.949, Double.NaN}) {
            GraphReport lost =
                    new GraphReport(
                            sound.nodes(),
                            sound.reachable(),
                            sound.levels(),
                            sound.minDegree(),
                            sound.meanDegree(),
                            sound.maxDegree(),
                            sound.inDegree(),
                            0,
                            recall);
            assertThrows(MillraceException.class, () -> lost.requireServable("file"));
        }
    }

    private int[] inDegrees() {
        int[] degrees = new int[ROWS];
        int[] links = new int[32];
        for (int node = 0; node < ROWS; node++) {
            int count = index.memory().graph().linksInto(node, 0, links);
            for (int i = 0; i < count; i++) {
                degrees[links[i]]++;
            }
        }
        Arrays.sort(degrees);
        return degrees;
    }

    @Test
    void shouldCountLostNodesWhenNoLinkLeadsToThem() {
        int lost = index.memory().entry() == 3 ? 4 : 3;
        for (int node = 0; node < ROWS; node++) {
            int[] links = new int[32];
            int count = index.memory().graph().linksInto(node, 0, links);
            int kept = 0;
            for (int i = 0; i < count; i++) {
                if (links[i] != lost) {
                    setLink(node, kept++, links[i]);
                }
            }
            for (int i = kept; i < 32; i++) {
                setLink(node, i, LayeredGraph.NONE);
            }
        }
        GraphReport report = GraphCheck.check(index, 0, 1);
        assertEquals(ROWS - 1, report.reachable());
        assertEquals(1, report.zeroInDegree());
    }

    @Test
    void shouldRefuseWhenALinkLeadsToItsOwnNode() {
        assertBroken(7, 7);
    }

    @Test
    void shouldRefuseWhenALinkLeadsOutside() {
        assertBroken(7, ROWS);
        assertBroken(7, -2);
    }

    @Test
    void shouldRefuseWhenALinkIsThereTwice() {
        int[] links = new int[32];
        index.memory().graph().linksInto(7, 0, links);
        assertBroken(7, links[1]);
    }

    private void assertBroken(int node, int link) {
        setLink(node, 0, link);
        MillraceException e =
                assertThrows(MillraceException.class, () -> GraphCheck.check(index, 0, 1));
        assertEquals(ErrorCode.CORRUPT_FILE, e.code());
        assertTrue(e.getMessage().contains("node=7, level=0, link=" + link), e.getMessage());
    }

    private void setLink(int node, int position, int link) {
        NodeLayout layout = index.memory().layout();
        long offset = node * layout.strideBytes() + layout.linksOffset() + 4L * position;
        index.memory().records().set(ValueLayout.JAVA_INT_UNALIGNED, offset, link);
    }
}
