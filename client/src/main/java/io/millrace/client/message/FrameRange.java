package io.millrace.client.message;

import io.millrace.core.error.MillraceException;
import io.millrace.core.wire.WireLimits;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Refuses what no frame can hold before anything is encoded. */
final class FrameRange {
    private FrameRange() {}

    static void require(String name, int value, int most) {
        if (value < 0 || value > most) {
            throw MillraceException.usage("out of range: %s=%d, limit=0 to %d", name, value, most);
        }
    }

    /**
     * A text that goes over the wire as it is, null where a caller that is not checked gives none.
     */
    static void requireText(String name, @Nullable String text, int mostBytes) {
        if (text == null) {
            throw MillraceException.usage(
                    "no %s: %s=null; give a text, empty for none", name, name);
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw MillraceException.usage(
                    "no text: %s has half of a surrogate pair; correct it", name);
        }
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > mostBytes) {
            throw MillraceException.usage(
                    "%s too long: bytes=%d, limit=%d; shorten it", name, bytes, mostBytes);
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
