package io.millrace.server.security.tokens;

/** What a token is for; a token has one or more. */
public enum Role {
    /** Asks: recommend, explain, similar, search, rank, and what is counted. */
    READ(1),
    /** Tells and changes: feedback, update, upsert, delete. */
    WRITE(2),
    /** Operates: bundles, recordings, configuration, reload. */
    ADMIN(4);

    private final int bit;

    Role(int bit) {
        this.bit = bit;
    }

    /** Its bit in a set of roles. */
    public int bit() {
        return bit;
    }
}
