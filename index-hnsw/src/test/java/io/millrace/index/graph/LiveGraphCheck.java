package io.millrace.index.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;

/** What must hold of a graph between two changes, by plain loops. */
public final class LiveGraphCheck {
    private LiveGraphCheck() {}

    /** Links are sound and the counts kept of them right. */
    public static void check(LiveGraph live, GraphEditor editor) {
        LayeredGraph graph = live.graph();
        int[] links = new int[graph.capacity(0)];
        int[] inDegrees = new int[live.slots()];
        int alive = 0;
        for (int slot = 0; slot < live.slotsInUse(); slot++) {
            if (!live.isAlive(slot)) {
                continue;
            }
            alive++;
            for (int level = graph.level(slot); level >= 0; level--) {
                int degree = graph.linksInto(slot, level, links);
                Set<Integer> seen = new HashSet<>();
                for (int i = 0; i < degree; i++) {
                    assertTrue(seen.add(links[i]), "twice the same link");
                    assertNotEquals(slot, links[i], "a link to itself");
                    assertTrue(graph.level(links[i]) >= level, "a link to a lower level");
                    byte state = live.state(links[i]);
                    assertTrue(
                            state == LiveGraph.ALIVE || state == LiveGraph.DEAD,
                            "a link to a slot that may be used again");
                    inDegrees[links[i]] += level == 0 ? 1 : 0;
                }
            }
        }
        assertEquals(live.aliveCount(), alive);
        for (int slot = 0; slot < live.slotsInUse(); slot++) {
            assertEquals(inDegrees[slot], editor.counts().of(slot), "in-degree of " + slot);
        }
        if (alive == 0) {
            assertEquals(LayeredGraph.NONE, live.entry());
        } else {
            assertTrue(live.isAlive(live.entry()), "dead entry");
            for (int slot = 0; slot < live.slotsInUse(); slot++) {
                assertTrue(
                        !live.isAlive(slot) || graph.level(slot) <= graph.level(live.entry()),
                        "a node above the entry");
            }
        }
    }

    /** How many slots that were ever in use are free, alive, dead and left, in this order. */
    public static int[] slotsByState(LiveGraph live) {
        int[] counts = new int[4];
        for (int slot = 0; slot < live.slotsInUse(); slot++) {
            counts[live.state(slot)]++;
        }
        return counts;
    }

    /** After repairs are ended, nobody links to the dead and all the living are reached. */
    public static void checkSettled(LiveGraph live, GraphEditor editor) {
        check(live, editor);
        assertEquals(0, editor.deadCount());
        if (live.aliveCount() == 0) {
            return;
        }
        LayeredGraph graph = live.graph();
        Reachability reachability = new Reachability(graph);
        reachability.reachFrom(live.entry());
        assertEquals(live.aliveCount(), reachability.count(), "reachable");
        int[] links = new int[graph.capacity(0)];
        int floor = Math.min(LinkLists.FLOOR, live.aliveCount() - 1);
        int below = 0;
        for (int slot = 0; slot < live.slotsInUse(); slot++) {
            if (live.isAlive(slot) && graph.linksInto(slot, 0, links) < floor) {
                below++;
            }
        }
        assertEquals(0, below, "nodes with fewer links than " + floor);
    }
}
