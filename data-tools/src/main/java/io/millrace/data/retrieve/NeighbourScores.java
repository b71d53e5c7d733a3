package io.millrace.data.retrieve;

import io.millrace.data.dataset.SeenItems;
import io.millrace.data.train.collaborative.ItemNeighbours;

import java.util.Arrays;

/** By the similarities of an item to all that the user watched. */
final class NeighbourScores implements ItemScores {
    private final SeenItems seen;
    private final ItemNeighbours neighbours;

    NeighbourScores(SeenItems seen, ItemNeighbours neighbours) {
        this.seen = seen;
        this.neighbours = neighbours;
    }

    @Override
    public void scoreInto(int user, float[] scores) {
        Arrays.fill(scores, 0);
        for (int item : seen.watched(user)) {
            neighbours.addTo(item, scores);
        }
    }
}
