package io.millrace.client.message;

import io.millrace.core.wire.codec.EventCode;

/**
 * What a user did with an item.
 *
 * @param kind what was done.
 * @param itemId with which item.
 * @param watchedShare of a watch: time watched by duration, not negative; NaN: not known.
 */
public record FeedbackEvent(EventCode kind, long itemId, float watchedShare) {}
