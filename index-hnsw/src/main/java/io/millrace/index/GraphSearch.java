package io.millrace.index;

import io.millrace.core.HotPath;

/**
 * Search over a graph (Malkov and Yashunin 2016, algorithms 2 and 5): greedy down the upper levels,
 * then a beam on one level.
 *
 * <p>Threading: any thread, each with its own scratch. Allocation: none.
 */
final class GraphSearch {
    private GraphSearch() {}

    /**
     * Walks from the entry point down to a level, always to the nearest neighbour; returns where it
     * ends.
     */
    @HotPath
    static int descend(LayeredGraph graph, StoredRows rows, SearchScratch scratch, int toLevel) {
        int current = graph.entry();
        float best = rows.distance(scratch.query, current);
        for (int level = graph.topLevel(); level > toLevel; level--) {
            boolean isMoving = true;
            while (isMoving) {
                isMoving = false;
                int count = graph.linksInto(current, level, scratch.batch);
                rows.distances(scratch.query, scratch.batch, 0, count, scratch.distances);
                for (int i = 0; i < count; i++) {
                    if (scratch.distances[i] < best) {
                        best = scratch.distances[i];
                        current = scratch.batch[i];
                        isMoving = true;
                    }
                }
            }
        }
        return current;
    }

    /** Fills the beam with the nearest nodes of a level that the search from a start finds. */
    @HotPath
    static void searchLevel(
            LayeredGraph graph,
            StoredRows rows,
            SearchScratch scratch,
            int start,
            int level,
            int ef) {
        Beam beam = scratch.beam;
        int[] batch = scratch.batch;
        float[] distances = scratch.distances;
        beam.reset(ef);
        scratch.beginVisits();
        scratch.visit(start);
        beam.offer(rows.distance(scratch.query, start), start);
        for (int node = beam.nextUnvisited(); node >= 0; node = beam.nextUnvisited()) {
            int linkCount = graph.linksInto(node, level, batch);
            int count = 0;
            for (int i = 0; i < linkCount; i++) {
                if (scratch.visit(batch[i])) {
                    batch[count++] = batch[i];
                }
            }
            rows.distances(scratch.query, batch, 0, count, distances);
            float bound = beam.bound();
            for (int i = 0; i < count; i++) {
                if (distances[i] <= bound) {
                    beam.offer(distances[i], batch[i]);
                    bound = beam.bound();
                }
            }
        }
    }
}
