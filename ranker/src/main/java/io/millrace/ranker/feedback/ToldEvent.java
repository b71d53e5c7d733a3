package io.millrace.ranker.feedback;

/**
 * What a user did, as a journal of feedback has it: by ids, so that it is of use to any bundle.
 *
 * @param stamp larger than those of all feedback that was taken before
 * @param userId who
 * @param itemId with which item
 * @param momentMs when, milliseconds since 1970 UTC
 * @param kind what was done
 * @param watchedShare of a watch: time watched by duration; NaN: not known
 */
public record ToldEvent(
        long stamp, long userId, long itemId, long momentMs, EventKind kind, float watchedShare) {}
