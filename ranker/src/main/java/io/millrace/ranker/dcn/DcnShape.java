package io.millrace.ranker.dcn;

import io.millrace.core.error.MillraceException;

import java.util.List;

/**
 * Sizes of the ranker.
 *
 * @param embedding components of every embedding.
 * @param crossLayers count of cross layers.
 * @param rank rank of the cross layers' weights (W = U Vᵀ), or 0 for full rank.
 * @param structure how the deep part stands to the cross layers.
 * @param deep units of each deep layer.
 */
public record DcnShape(
        int embedding, int crossLayers, int rank, DcnStructure structure, List<Integer> deep) {
    private static final int LIMIT = 4_096;
    private static final int MOST_LAYERS = 16;

    /** What is used when nothing else is said. */
    public static final DcnShape DEFAULT =
            new DcnShape(8, 3, 0, DcnStructure.PARALLEL, List.of(256, 128));

    /** Validates and copies. */
    public DcnShape {
        deep = List.copyOf(deep);
        check("embedding", embedding, 1, LIMIT);
        check("crossLayers", crossLayers, 1, MOST_LAYERS);
        check("rank", rank, 0, LIMIT);
        check("deepLayers", deep.size(), 1, MOST_LAYERS);
        for (int units : deep) {
            check("deep", units, 1, LIMIT);
        }
    }

    /**
     * Units of the last deep layer.
     *
     * @return the width of what the head takes from the deep part.
     */
    public int lastDeep() {
        return deep.getLast();
    }

    private static void check(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw MillraceException.usage(
                    "bad size of the ranker: %s=%d, least=%d, most=%d; change it",
                    name, value, least, most);
        }
    }
}
