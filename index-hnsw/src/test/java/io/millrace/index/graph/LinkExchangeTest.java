package io.millrace.index.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.random.SplitRandom;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Arrays;

/** A newcomer to a full list, against a choice among all of it anew. */
final class LinkExchangeTest {
    private static final int DIMENSION = 16;
    private static final int LINKS = 32;
    private static final int TRIALS = 2000;

    /** Slot 0 has the list, the last is the newcomer. */
    private static final int SLOTS = LINKS + 2;

    private static final int NEWCOMER = LINKS + 1;

    private final SplitRandom random = new SplitRandom(17);
    private final GraphMemory nothing =
            GraphMemory.allocate(
                    new NodeLayout(RowLayout.floats(DIMENSION), LINKS / 2, 0),
                    0,
                    LayeredGraph.NONE,
                    node -> 0);
    private final float[] row = new float[DIMENSION];
    private final long[] keys = new long[LINKS + 1];
    private final int[] links = new int[LINKS];
    private LiveGraph live = new LiveGraph(nothing, false, SLOTS, 1);
    private LinkCounts counts = new LinkCounts(live);

    @AfterEach
    void close() {
        live.close();
        nothing.close();
    }

    /** Of rows of one length, distances may be products. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldLeaveOutWhomAChoiceAmongAllWouldLeaveOut(boolean isDot) {
        live.close();
        live = new LiveGraph(nothing, isDot, SLOTS, 1);
        counts = new LinkCounts(live);
        LinkExchange exchange = new LinkExchange(live, counts);
        LinkSelector selector = new LinkSelector(live.space(), LINKS, true);
        int same = 0;
        int wanted = 0;
        int sameRounds = 0;
        for (int trial = 0; trial < TRIALS; trial++) {
            prepare(exchange, selector, isDot);
            int left = leftOut(selector);
            int place = exchange.placeFor(0, links, LINKS, NEWCOMER);
            int leaving = place == LinkExchange.NOT_WANTED ? NEWCOMER : links[place];
            same += leaving == left ? 1 : 0;
            if (left != NEWCOMER && leaving == left) {
                wanted++;
                links[place] = NEWCOMER;
                sameRounds += hasRoundsOf(exchange, selector) ? 1 : 0;
            }
        }
        // Links that fell back make the others.
        assertTrue(same >= 0.98 * TRIALS, "same=" + same);
        assertTrue(wanted >= 0.8 * TRIALS && wanted <= 0.98 * TRIALS, "wanted=" + wanted);
        assertTrue(sameRounds >= 0.8 * wanted, "same rounds=" + sameRounds + " of " + wanted);
    }

    @Test
    void shouldKeepLinksThatNobodyElseHas() {
        LinkExchange exchange = new LinkExchange(live, counts);
        prepare(exchange, new LinkSelector(live.space(), LINKS, true), false);
        for (int slot = 1; slot <= LINKS; slot++) {
            while (counts.of(slot) > 1) {
                counts.remove(slot);
            }
        }
        assertEquals(LinkExchange.NOT_WANTED, exchange.placeFor(0, links, LINKS, NEWCOMER));
        int far = links[LINKS - 1];
        counts.add(far);
        write(NEWCOMER, 0.01f, false);
        assertEquals(LINKS - 1, exchange.placeFor(0, links, LINKS, NEWCOMER));
    }

    @Test
    void shouldReplaceTheDeadBeforeAllOthers() {
        LinkExchange exchange = new LinkExchange(live, counts);
        prepare(exchange, new LinkSelector(live.space(), LINKS, true), false);
        int before = exchange.placeFor(0, links, LINKS, NEWCOMER);
        assertTrue(before > 5, "a link of the first round went: " + before);
        live.setState(links[5], LiveGraph.DEAD);
        assertEquals(5, exchange.placeFor(0, links, LINKS, NEWCOMER));
    }

    @Test
    void shouldKnowNothingAfterForgetting() {
        LinkGrades wide = new LinkGrades(3, 70);
        for (int place = 0; place < 70; place++) {
            wide.set(1, place, place % 4);
        }
        assertTrue(wide.areKnown(1));
        assertFalse(wide.areKnown(0) || wide.areKnown(2));
        wide.set(1, 33, 3);
        for (int place = 0; place < 70; place++) {
            assertEquals(place == 33 ? 3 : place % 4, wide.of(1, place));
        }
        wide.forget(1);
        assertFalse(wide.areKnown(1));
    }

    /** Has a node link to all others but one, with their grades, all linked to twice. */
    private void prepare(LinkExchange exchange, LinkSelector selector, boolean isUnit) {
        for (int slot = 0; slot < SLOTS; slot++) {
            write(slot, 1, isUnit);
            live.setState(slot, LiveGraph.ALIVE);
            while (counts.of(slot) < 2) {
                counts.add(slot);
            }
        }
        assertEquals(LINKS, select(selector, LINKS));
        System.arraycopy(selector.selected(), 0, links, 0, LINKS);
        live.graph().setLinks(0, 0, links, LINKS);
        exchange.note(0, selector.selected(), selector.rounds(), LINKS);
    }

    private void write(int slot, float scale, boolean isUnit) {
        float square = 0;
        for (int i = 0; i < DIMENSION; i++) {
            row[i] = scale * (float) random.nextGaussian();
            square += row[i] * row[i];
        }
        for (int i = 0; i < DIMENSION && isUnit; i++) {
            row[i] /= (float) Math.sqrt(square);
        }
        live.space().write(slot, row);
    }

    /** Selects from the first so many of the slots behind the node. */
    private int select(LinkSelector selector, int count) {
        for (int i = 0; i < count; i++) {
            keys[i] = Beam.key(live.space().distance(0, 1 + i), 1 + i);
        }
        Arrays.sort(keys, 0, count);
        return selector.select(keys, count, 0, LINKS);
    }

    private int leftOut(LinkSelector selector) {
        assertEquals(LINKS, select(selector, LINKS + 1));
        int sum = 0;
        for (int i = 0; i < LINKS; i++) {
            sum += selector.selected()[i];
        }
        return (LINKS + 1) * (LINKS + 2) / 2 - sum;
    }

    private boolean hasRoundsOf(LinkExchange exchange, LinkSelector selector) {
        int[] rounds = new int[LINKS];
        exchange.roundsOfLiving(0, links, LINKS, rounds);
        for (int rank = 0; rank < LINKS; rank++) {
            int place = 0;
            while (links[place] != selector.selected()[rank]) {
                place++;
            }
            if (rounds[place] != selector.rounds()[rank]) {
                return false;
            }
        }
        return true;
    }
}
