package io.millrace.client.message;

import io.millrace.core.error.MillraceException;
import io.millrace.core.wire.WireLimits;

import java.util.Map;

/** Refuses what no frame can hold before anything is encoded. */
final class FrameRange {
    private FrameRange() {}

    static void require(String name, int value, int most) {
        if (value < 0 || value > most) {
            throw MillraceException.usage("out of range: %s=%d, limit=0 to %d", name, value, most);
        }
    }

    /** Raw codes by the number of the context field. */
    static void requireContext(Map<Integer, Integer> context) {
        require("context", context.size(), WireLimits.MAX_GROUP_COUNT);
        for (int field : context.keySet()) {
            require("context field", field, WireLimits.MAX_GROUP_COUNT);
        }
    }
}
