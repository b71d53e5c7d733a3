package io.millrace.loadgen.plan;

/** How soon the thread that sends gets a processor where others are at work on all of them. */
public enum SendPriority {
    /** Before threads of the usual kind, where the system permits it; else as {@link #USUAL}. */
    REALTIME,
    /** As any other thread. */
    USUAL
}
