package io.millrace.ranker.dcn;

import io.millrace.core.error.MillraceException;

/**
 * Sizes of the ranker.
 *
 * @param embedding components of every embedding.
 * @param crossLayers count of cross layers.
 * @param deep1 units of the first deep layer.
 * @param deep2 units of the second deep layer.
 */
public record DcnShape(int embedding, int crossLayers, int deep1, int deep2) {
    private static final int LIMIT = 4_096;

    /** What is used when nothing else is said. */
    public static final DcnShape DEFAULT = new DcnShape(8, 3, 256, 128);

    /** Validates. */
    public DcnShape {
        check("embedding", embedding);
        check("crossLayers", crossLayers);
        check("deep1", deep1);
        check("deep2", deep2);
    }

    private static void check(String name, int value) {
        if (value < 1 || value > LIMIT) {
            throw MillraceException.usage(
                    "bad size of the ranker: %s=%d, least=1, most=%d; change it",
                    name, value, LIMIT);
        }
    }
}
