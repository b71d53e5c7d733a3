package io.millrace.ranker.features;

/** Where a context value comes from when the request does not name it. */
public enum ContextSource {
    /** From the request only; otherwise the field's serving default. */
    REQUEST,
    /** Hour of the day, 0 to 23, at the schema's offset from UTC. */
    HOUR_OF_DAY,
    /** Day of the week, 0 = Monday to 6 = Sunday, at the schema's offset from UTC. */
    DAY_OF_WEEK
}
