package io.millrace.index;

import io.millrace.core.memory.DirectMemory;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.random.SplitRandom;

import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;

/**
 * Builds an {@link HnswIndex}: in parallel, and bit for bit the same on any number of threads.
 *
 * <p>Nodes are inserted in batches that grow with the graph (prefix doubling, as in ParlayANN,
 * Manohar et al. 2024). The nodes of a batch look for their neighbours in the graph as it was
 * before the batch, each by itself; then the links back to them are added, each target by itself.
 * Neither step depends on who does it. Levels and order come from a hash of row and seed. In the
 * end every node that cannot be reached on level 0 gets a link from one near it that can.
 */
public final class HnswBuilder {
    private static final double BATCH_SHARE_OF_GRAPH = 0.05;
    private static final double BATCH_SHARE_OF_ALL = 0.02;
    private static final int HIGHEST_LEVEL = 15;
    private static final int CHUNK = 32;
    private static final int REPAIR_EF = 64;
    private static final int MOST_REPAIR_EF = 4_096;

    private final StoredRows rows;
    private final HnswParameters parameters;
    private final LayeredGraph graph;
    private final WorkCrew crew;
    private final SearchScratch[] scratches;
    private final LinkSelector[] selectors;
    private final int[] order;
    private final ReverseLinks reverse;

    private HnswBuilder(
            StoredRows rows,
            HnswParameters parameters,
            LayeredGraph graph,
            int[] order,
            WorkCrew crew) {
        this.rows = rows;
        this.parameters = parameters;
        this.graph = graph;
        this.order = order;
        this.crew = crew;
        this.scratches = new SearchScratch[crew.workers()];
        this.selectors = new LinkSelector[crew.workers()];
        for (int i = 0; i < scratches.length; i++) {
            scratches[i] =
                    new SearchScratch(
                            rows.count(), rows.storedDimension(), 1, parameters.efConstruction());
            selectors[i] = new LinkSelector(rows, graph.capacity(0));
        }
        this.reverse = new ReverseLinks(graph, crew, selectors);
    }

    /**
     * Builds an index.
     *
     * @param vectors the rows, copied; finite numbers, and no zero vector under COSINE.
     * @param itemIds one distinct id per row.
     * @param parameters how to build.
     * @param progress told of every row.
     * @return the index, to be closed by the caller.
     */
    public static HnswIndex build(
            VectorSet vectors,
            long[] itemIds,
            HnswParameters parameters,
            ProgressListener progress) {
        int count = vectors.count();
        ItemIds ids = new ItemIds(itemIds, count);
        StoredRows.Owned owned = StoredRows.copyOf(vectors, parameters.metric());
        DirectMemory levels = DirectMemory.allocate(count);
        DirectMemory upperStart = DirectMemory.allocate(4L * count);
        int upperBlocks = drawLevels(count, parameters, levels, upperStart);
        DirectMemory links = DirectMemory.allocate(8L * parameters.maxConnections() * count);
        DirectMemory upperLinks =
                DirectMemory.allocate(4L * parameters.maxConnections() * upperBlocks);
        links.segment().fill((byte) LayeredGraph.NONE);
        upperLinks.segment().fill((byte) LayeredGraph.NONE);
        int[] order = orderOf(count, parameters.seed(), levels);
        LayeredGraph graph =
                new LayeredGraph(
                        parameters.maxConnections(),
                        links.segment(),
                        levels.segment(),
                        upperStart.segment(),
                        upperLinks.segment(),
                        count == 0 ? LayeredGraph.NONE : order[0]);
        HnswIndex index =
                new HnswIndex(
                        owned.rows(),
                        graph,
                        ids,
                        parameters,
                        List.of(
                                owned.memory()::close,
                                levels::close,
                                upperStart::close,
                                links::close,
                                upperLinks::close));
        try (WorkCrew crew = new WorkCrew(parameters.threads())) {
            new HnswBuilder(owned.rows(), parameters, graph, order, crew).run(progress);
            return index;
        } catch (RuntimeException e) {
            index.close();
            throw e;
        }
    }

    private void run(ProgressListener progress) {
        int count = order.length;
        try (ProgressListener.Stage stage = progress.start("build graph", count)) {
            int done = Math.min(1, count);
            stage.advance(done);
            while (done < count) {
                int size = (int) Math.min(done * BATCH_SHARE_OF_GRAPH, count * BATCH_SHARE_OF_ALL);
                size = Math.clamp(size, 1, count - done);
                insert(done, done + size);
                done += size;
                stage.advance(size);
            }
            repair();
        }
    }

    private void insert(int from, int to) {
        crew.run(
                to - from,
                CHUNK,
                (worker, first, end) -> {
                    for (int i = first; i < end; i++) {
                        findNeighbours(order[from + i], worker);
                    }
                });
        int highest = graph.level(order[from]);
        for (int level = highest; level >= 0; level--) {
            reverse.add(order, from, to, level);
        }
    }

    /** Chooses the links of a new node on all of its levels; nobody sees them yet. */
    private void findNeighbours(int node, int worker) {
        SearchScratch scratch = scratches[worker];
        LinkSelector selector = selectors[worker];
        rows.storedInto(node, scratch.query);
        int level = Math.min(graph.level(node), graph.topLevel());
        int start = GraphSearch.descend(graph, rows, scratch, level);
        for (; level >= 0; level--) {
            GraphSearch.searchLevel(
                    graph, rows, scratch, start, level, parameters.efConstruction());
            start = scratch.beam.ordinal(0);
            int count = selector.select(scratch.beam, parameters.maxConnections());
            graph.setLinks(node, level, selector.selected(), count);
        }
    }

    /**
     * Gives every node that cannot be reached a link from the nearest that can, in the order of the
     * rows.
     */
    private void repair() {
        if (order.length == 0) {
            return;
        }
        Reachability reachability = new Reachability(graph, order.length);
        reachability.spreadFrom(graph.entry());
        SearchScratch scratch =
                new SearchScratch(rows.count(), rows.storedDimension(), 1, MOST_REPAIR_EF);
        for (int node = 0; node < order.length && reachability.count() < order.length; node++) {
            if (!reachability.isReached(node)) {
                linkFromNearest(node, reachability, scratch);
                reachability.spreadFrom(node);
            }
        }
    }

    private void linkFromNearest(int node, Reachability reachability, SearchScratch scratch) {
        int capacity = graph.capacity(0);
        int[] links = new int[capacity];
        rows.storedInto(node, scratch.query);
        for (int ef = REPAIR_EF; ; ef *= 4) {
            int start = GraphSearch.descend(graph, rows, scratch, 0);
            GraphSearch.searchLevel(graph, rows, scratch, start, 0, Math.min(ef, MOST_REPAIR_EF));
            for (int i = 0; i < scratch.beam.size(); i++) {
                int near = scratch.beam.ordinal(i);
                int degree = graph.linksInto(near, 0, links);
                if (reachability.isReached(near) && degree < capacity) {
                    links[degree] = node;
                    graph.setLinks(near, 0, links, degree + 1);
                    return;
                }
            }
            if (ef >= MOST_REPAIR_EF) {
                replaceALinkThatIsNotNeeded(node, reachability, links);
                return;
            }
        }
    }

    /**
     * All near nodes are full: some node far away has room, or one of two links to the same place
     * can go.
     */
    private void replaceALinkThatIsNotNeeded(int node, Reachability reachability, int[] links) {
        for (int other : order) {
            int degree = graph.linksInto(other, 0, links);
            if (other != node && reachability.isReached(other) && degree < graph.capacity(0)) {
                links[degree] = node;
                graph.setLinks(other, 0, links, degree + 1);
                return;
            }
        }
        throw new IllegalStateException("every node of the graph is full: nodes=" + order.length);
    }

    /** Draws the level of each node; returns how many blocks of links lie above level 0. */
    private static int drawLevels(
            int count, HnswParameters parameters, DirectMemory levels, DirectMemory upperStart) {
        int blocks = 0;
        double share = 1.0 / parameters.maxConnections();
        for (int node = 0; node < count; node++) {
            double uniform = (hash(node, parameters.seed()) >>> 11) * 0x1p-53;
            int level = 0;
            for (double limit = share; uniform < limit && level < HIGHEST_LEVEL; limit *= share) {
                level++;
            }
            levels.segment().set(ValueLayout.JAVA_BYTE, node, (byte) level);
            upperStart
                    .segment()
                    .set(LayeredGraph.INT, 4L * node, level == 0 ? LayeredGraph.NONE : blocks);
            blocks += level;
        }
        return blocks;
    }

    /** Higher levels first, by chance within a level. */
    private static int[] orderOf(int count, long seed, DirectMemory levels) {
        long[] keys = new long[count];
        for (int node = 0; node < count; node++) {
            long level = levels.segment().get(ValueLayout.JAVA_BYTE, node);
            long chance = SplitRandom.mix64(hash(node, seed) + 1) >>> 36;
            keys[node] = (HIGHEST_LEVEL - level) << 59 | chance << 31 | node;
        }
        Arrays.parallelSort(keys);
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            order[i] = (int) (keys[i] & Integer.MAX_VALUE);
        }
        return order;
    }

    private static long hash(int node, long seed) {
        return SplitRandom.mix64(SplitRandom.mix64(seed) + node);
    }
}
