package io.millrace.ranker.feedback;

/**
 * How something is doing lately.
 *
 * @param of what it is: {@code all}, {@code item}, or the name of a field of the items.
 * @param id which of these: the item's id, or the id of the field's value; 0 for all.
 * @param impressions how often it was shown, faded.
 * @param clickRate clicks by impressions, 0 to 1.
 * @param watchRate watched shares by impressions, 0 to 1.
 */
public record EventRates(
        String of, long id, double impressions, double clickRate, double watchRate) {}
