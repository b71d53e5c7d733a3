package io.millrace.index.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.core.random.SplitRandom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A beam against a list that is sorted after every change. */
final class BeamTest {
    private static final int ROUNDS = 2_000;

    /** A candidate of the list. */
    private static final class Candidate {
        final float distance;
        final int ordinal;
        boolean isFollowed;

        Candidate(float distance, int ordinal) {
            this.distance = distance;
            this.ordinal = ordinal;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 64, 100})
    void shouldBeASortedListWhenChangedAtRandom(int limit) {
        SplitRandom random = new SplitRandom(limit);
        Beam beam = new Beam(100);
        beam.reset(limit);
        List<Candidate> list = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            Candidate next = new Candidate((float) random.nextGaussian(), i);
            beam.offer(next.distance, next.ordinal);
            list.add(next);
            list.sort(Comparator.comparingDouble(candidate -> candidate.distance));
            if (list.size() > limit) {
                list.removeLast();
            }
            if (i % 3 == 0) {
                followBoth(beam, list, i % 2 == 0);
            }
            assertSame(beam, list, limit);
        }
    }

    /** Follows the nearest that was not, and takes it out if asked to. */
    private static void followBoth(Beam beam, List<Candidate> list, boolean isDropped) {
        Candidate nearest = list.stream().filter(each -> !each.isFollowed).findFirst().orElse(null);
        int node = beam.follow();
        assertEquals(nearest == null ? LayeredGraph.NONE : nearest.ordinal, node);
        if (nearest == null) {
            return;
        }
        nearest.isFollowed = true;
        if (isDropped) {
            beam.dropFollowed();
            list.remove(nearest);
        }
    }

    private static void assertSame(Beam beam, List<Candidate> list, int limit) {
        assertEquals(list.size(), beam.size());
        assertEquals(
                list.size() == limit ? list.getLast().distance : Float.POSITIVE_INFINITY,
                beam.bound());
        for (int i = 0; i < list.size(); i++) {
            assertEquals(list.get(i).ordinal, beam.ordinalAt(i));
            assertEquals(list.get(i).distance, beam.distanceAt(i));
        }
    }

    @Test
    void shouldFollowNoneWhenAllAreFollowed() {
        Beam beam = new Beam(2);
        beam.reset(2);
        assertEquals(LayeredGraph.NONE, beam.follow());
        beam.offer(1, 5);
        assertEquals(5, beam.follow());
        assertEquals(LayeredGraph.NONE, beam.follow());
        beam.offer(0.5f, 6);
        assertEquals(6, beam.peek());
        assertEquals(6, beam.follow());
        assertEquals(LayeredGraph.NONE, beam.peek());
    }
}
