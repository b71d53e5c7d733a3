package io.millrace.client.message;

import io.millrace.core.error.MillraceException;
import io.millrace.core.wire.WireLimits;

/**
 * What few questions wish for. A server that does not know version 7 of the protocol refuses a
 * question with any wish as a whole, status {@code UNSUPPORTED_VERSION}: it never answers one
 * without its filter.
 *
 * @param filter a predicate over attributes of items, as in {@code category = 'shoes' and price <
 *     50}: no other is answered; empty: all.
 * @param experimentKey what the caller's experiments know the question by; the server's log of
 *     impressions has it; empty: none.
 * @param isTraced whether the answer is to tell the times of the stages.
 */
public record Wishes(String filter, String experimentKey, boolean isTraced) {
    /** No wish. */
    public static final Wishes NONE = new Wishes("", "", false);

    /**
     * Checks the texts.
     *
     * @throws MillraceException USAGE when one is longer than a server takes, or no text.
     */
    public Wishes {
        FrameRange.requireText("filter", filter, WireLimits.MAX_FILTER_BYTES);
        FrameRange.requireText(
                "experiment key", experimentKey, WireLimits.MAX_EXPERIMENT_KEY_BYTES);
    }

    /**
     * A wish for some items only.
     *
     * @param predicate over attributes of items.
     * @return a copy.
     */
    public Wishes filtered(String predicate) {
        return new Wishes(predicate, experimentKey, isTraced);
    }

    /**
     * A name that experiments know the question by.
     *
     * @param key of up to 64 bytes of UTF-8.
     * @return a copy.
     */
    public Wishes keyed(String key) {
        return new Wishes(filter, key, isTraced);
    }

    /**
     * A wish for the times of the stages.
     *
     * @return a copy.
     */
    public Wishes traced() {
        return new Wishes(filter, experimentKey, true);
    }

    /** Whether there is none, so that servers of any version understand the question. */
    boolean areNone() {
        return equals(NONE);
    }

    /** Refuses a filter where all items are named. */
    void requireNoFilter(String what) {
        if (!filter.isEmpty()) {
            throw MillraceException.usage(
                    "%s has no filter: filter=%s; leave out the items instead", what, filter);
        }
    }
}
