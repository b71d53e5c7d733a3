package io.millrace.index.graph;

import io.millrace.core.progress.ProgressListener;
import io.millrace.core.thread.WorkCrew;

import java.util.Arrays;

/**
 * Builds a graph in batches. The nodes of a batch search the graph as it was before the batch, each
 * on its own; then every node that was chosen takes up its new links, again each on its own. No
 * step reads what another thread writes, so the graph is the same on any number of threads.
 * (Batches that grow with the graph: Dobson et al., ParlayANN, PPoPP 2024, section 3.)
 *
 * <p>Nodes of a batch can't find each other by search; they try the nodes that stand near them in
 * their {@link Neighbourhoods} instead. Equal rows are inserted once ({@link Twins}). What no link
 * leads to in the end is mended by {@link GraphRepair}.
 *
 * <p>Threading: used by one thread, works on those of the crew.
 */
public final class GraphConstruction {
    /** How many nodes before and behind it a node tries as neighbours in its batch. */
    private static final int WINDOW = 8;

    /** How many of its links take up a new node at once where lists are filled. */
    private static final int TAKERS = 8;

    private static final int SEARCH_CHUNK = 8;
    private static final int LINK_CHUNK = 16;
    private static final int CLEAR_CHUNK = 1024;

    /**
     * How to build.
     *
     * @param layout layout of the node records.
     * @param isDot whether distance is minus the dot product.
     * @param efConstruction how many candidates are looked at for the links of a node.
     * @param seed decides levels and order of insertion.
     */
    public record Settings(NodeLayout layout, boolean isDot, int efConstruction, long seed) {}

    private final int count;
    private final WorkCrew crew;
    private final InsertionOrder order;
    private final int[] nodes;
    private final GraphMemory memory;
    private final LayeredGraph graph;
    private final RowSpace space;
    private final LinkBuilder[] builders;
    private final int[] starts;
    private final ReverseLinks reverse;
    private final int takers;
    private final BatchPlan batches;

    /**
     * Allocates the memory of a graph.
     *
     * @param settings how to build.
     * @param batches how many nodes are inserted side by side.
     * @param count how many nodes.
     * @param crew who builds.
     */
    public GraphConstruction(Settings settings, BatchPlan batches, int count, WorkCrew crew) {
        this.batches = batches;
        this.count = count;
        this.crew = crew;
        order = new InsertionOrder(count, settings.layout().maxConnections(), settings.seed());
        nodes = order.nodes();
        int entry = count == 0 ? LayeredGraph.NONE : nodes[0];
        memory = GraphMemory.allocate(settings.layout(), count, entry, order::level);
        GraphView view = memory.view(settings.isDot());
        graph = view.graph();
        space = view.space();
        builders = new LinkBuilder[crew.threads()];
        for (int i = 0; i < builders.length; i++) {
            builders[i] = new LinkBuilder(view, settings.efConstruction(), 2 * WINDOW);
        }
        starts = new int[count];
        Arrays.fill(starts, LayeredGraph.NONE);
        takers = settings.layout().isInlined() ? TAKERS : graph.capacity(0);
        reverse = new ReverseLinks(count, takers);
    }

    /**
     * The memory of the graph.
     *
     * @return rows, to be filled before {@link #build}, and links; to be closed by the caller.
     */
    public GraphMemory memory() {
        return memory;
    }

    /**
     * Builds the links of all nodes.
     *
     * @param progress told of every node.
     */
    public void build(ProgressListener progress) {
        crew.run(count, CLEAR_CHUNK, (worker, from, to) -> clearLinks(builders[worker], from, to));
        try (ProgressListener.Stage stage = progress.start("build graph", count)) {
            Twins twins = new Twins(graph, space, nodes, crew);
            order.leaveOut(twins);
            int end = order.count();
            int done = Math.min(1, end);
            stage.advance(twins.count() + done);
            int unordered = unorderedCount();
            while (done < unordered) {
                int size = batchSize(done, unordered);
                insertBatch(done, size, graph.topLevel(), stage);
                done += size;
            }
            Neighbourhoods places = new Neighbourhoods(graph, order, crew, builders);
            while (done < end) {
                int known = places.addLevel();
                while (done < known) {
                    int size = batchSize(done, known);
                    lineUp(places, done, size);
                    insertBatch(done, size, graph.level(nodes[done]), stage);
                    done += size;
                }
            }
            if (memory.layout().isInlined()) {
                new BackLinks(graph, crew, builders).run();
            }
            twins.hang();
        }
        new GraphRepair(graph, crew, builders).run();
        if (memory.layout().isInlined()) {
            encode(progress);
        }
    }

    /** Twins and repair have changed lists here and there. */
    private void encode(ProgressListener progress) {
        try (ProgressListener.Stage stage = progress.start("encode neighbours", count)) {
            crew.run(
                    count,
                    CLEAR_CHUNK,
                    (worker, from, to) -> {
                        for (int node = from; node < to; node++) {
                            builders[worker].encode(node, 0);
                        }
                        stage.advance(to - from);
                    });
        }
    }

    /** How many nodes are inserted as they come: upper levels above which there are but a few. */
    private int unorderedCount() {
        int unordered = 0;
        while (unordered < order.upperCount() && unordered < batches.leastHomes()) {
            unordered = order.levelEnd(unordered);
        }
        return unordered;
    }

    private int batchSize(int done, int end) {
        return batches.size(done, end, count, takers);
    }

    private void clearLinks(LinkBuilder builder, int from, int to) {
        int[] none = {};
        for (int node = from; node < to; node++) {
            graph.setLinks(node, 0, none, 0);
            builder.encode(node, 0);
        }
    }

    /** Sorts the members of a batch by their places and has them search from their homes. */
    private void lineUp(Neighbourhoods places, int first, int size) {
        long[] keys = new long[size];
        for (int i = 0; i < size; i++) {
            int node = nodes[first + i];
            keys[i] = (long) places.place(node) << Integer.SIZE | node;
        }
        Arrays.sort(keys);
        for (int i = 0; i < size; i++) {
            int node = (int) keys[i];
            nodes[first + i] = node;
            starts[node] = places.home(node);
        }
    }

    private void insertBatch(int first, int size, int topLevel, ProgressListener.Stage stage) {
        for (int level = topLevel; level >= 0; level--) {
            insert(first, size, level);
        }
        stage.advance(size);
    }

    private void insert(int first, int size, int level) {
        reverse.begin(size);
        crew.run(
                size,
                SEARCH_CHUNK,
                (worker, from, to) -> {
                    for (int member = from; member < to; member++) {
                        chooseLinks(builders[worker], first, size, member, level);
                    }
                });
        reverse.group(size);
        crew.run(
                reverse.chosenCount(),
                LINK_CHUNK,
                (worker, from, to) -> {
                    for (int i = from; i < to; i++) {
                        int node = reverse.chosen(i);
                        builders[worker].takeUp(node, level, reverse, nodes, first);
                    }
                });
    }

    private void chooseLinks(LinkBuilder builder, int first, int size, int member, int level) {
        int node = nodes[first + member];
        int own = graph.level(node);
        if (own < level) {
            reverse.choose(member, builder.selected(), 0);
            return;
        }
        if (own == level && starts[node] == LayeredGraph.NONE) {
            starts[node] = builder.descend(node, level);
        }
        Beam found = builder.search(node, starts[node], level);
        starts[node] = found.ordinalAt(0);
        int mates = 0;
        int end = Math.min(size, member + WINDOW + 1);
        for (int i = Math.max(0, member - WINDOW); i < end; i++) {
            int mate = nodes[first + i];
            if (i != member && graph.level(mate) >= level) {
                builder.mates()[mates++] = mate;
            }
        }
        int chosen = builder.select(node, mates, level);
        builder.setLinks(node, level, chosen);
        reverse.choose(member, builder.selected(), Math.min(chosen, takers));
    }
}
