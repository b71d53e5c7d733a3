package io.millrace.loadgen.plan;

/** How often the ids of a plan are asked for. */
public enum Popularity {
    /** All alike. */
    UNIFORM,
    /** The id in place r, counted from 1, with weight r to the power of -0.8. */
    ZIPF
}
