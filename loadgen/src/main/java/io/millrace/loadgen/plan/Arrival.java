package io.millrace.loadgen.plan;

/** How the intended start times of a plan follow each other. */
public enum Arrival {
    /** At equal distances. */
    CONSTANT,
    /** At exponentially distributed distances, as independent users arrive. */
    POISSON
}
