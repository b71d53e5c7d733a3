package io.millrace.ranker.dcn.network;

import io.millrace.core.error.MillraceException;

import java.util.List;

/**
 * Sizes of the ranker.
 *
 * @param embedding components of every embedding.
 * @param crossLayers count of cross layers; none leaves a plain network of deep layers.
 * @param rank rank of the cross layers' weights (W = U Vᵀ), or 0 for full rank.
 * @param experts count of low-rank experts that each cross layer mixes, or 0 for no mixture.
 * @param structure how the deep part stands to the cross layers.
 * @param isSeparable whether the input falls into a part of the request and a part of the item, as
 *     item halves need it: sequences that the schema has pooled by attention to the candidate are
 *     averaged then, and rates, which hang on item and moment, are left out.
 * @param deep units of each deep layer; none lets the head take the last cross layer.
 */
public record DcnShape(
        int embedding,
        int crossLayers,
        int rank,
        int experts,
        DcnStructure structure,
        boolean isSeparable,
        List<Integer> deep) {
    private static final int LIMIT = 4_096;
    private static final int MOST_LAYERS = 16;
    private static final int MOST_EXPERTS = 64;

    /** What is used when nothing else is said. */
    public static final DcnShape DEFAULT =
            new DcnShape(8, 3, 0, DcnStructure.PARALLEL, List.of(256, 128));

    /** Validates and copies. */
    public DcnShape {
        deep = List.copyOf(deep);
        check("embedding", embedding, 1, LIMIT);
        check("crossLayers", crossLayers, 0, MOST_LAYERS);
        check("rank", rank, 0, LIMIT);
        check("experts", experts, 0, rank == 0 ? 0 : MOST_EXPERTS);
        check("deepLayers", deep.size(), 0, MOST_LAYERS);
        for (int units : deep) {
            check("deep", units, 1, LIMIT);
        }
    }

    /**
     * Sizes of a ranker that takes all that the schema declares.
     *
     * @param embedding components of every embedding.
     * @param crossLayers count of cross layers.
     * @param rank rank of the cross layers' weights, or 0 for full rank.
     * @param experts count of low-rank experts that each cross layer mixes, or 0 for no mixture.
     * @param structure how the deep part stands to the cross layers.
     * @param deep units of each deep layer.
     */
    public DcnShape(
            int embedding,
            int crossLayers,
            int rank,
            int experts,
            DcnStructure structure,
            List<Integer> deep) {
        this(embedding, crossLayers, rank, experts, structure, false, deep);
    }

    /**
     * Sizes of a ranker that takes all that the schema declares, without a mixture of experts.
     *
     * @param embedding components of every embedding.
     * @param crossLayers count of cross layers.
     * @param rank rank of the cross layers' weights, or 0 for full rank.
     * @param structure how the deep part stands to the cross layers.
     * @param deep units of each deep layer.
     */
    public DcnShape(
            int embedding, int crossLayers, int rank, DcnStructure structure, List<Integer> deep) {
        this(embedding, crossLayers, rank, 0, structure, deep);
    }

    /**
     * Units of the last deep layer.
     *
     * @return the width of what the head takes from the deep part, 0 where there is none.
     */
    public int lastDeep() {
        return deep.isEmpty() ? 0 : deep.getLast();
    }

    /**
     * Whether the head takes the last cross layer.
     *
     * @return true in the parallel form, and where nothing deep stands behind the cross layers.
     */
    public boolean headTakesCross() {
        return structure == DcnStructure.PARALLEL || deep.isEmpty();
    }

    /**
     * Whether the deep part takes the network's input.
     *
     * @return true in the parallel form, and where no cross layer stands before it.
     */
    public boolean deepTakesInput() {
        return !deep.isEmpty() && (structure == DcnStructure.PARALLEL || crossLayers == 0);
    }

    private static void check(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw MillraceException.usage(
                    "bad size of the ranker: %s=%d, least=%d, most=%d; change it",
                    name, value, least, most);
        }
    }
}
