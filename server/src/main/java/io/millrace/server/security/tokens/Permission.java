package io.millrace.server.security.tokens;

/** What it takes to ask for something. */
public enum Permission {
    /** Nothing: anybody may. */
    OPEN(0),
    /** A token, whatever it is for. */
    KNOWN(Role.READ.bit() | Role.WRITE.bit() | Role.ADMIN.bit()),
    /** The role {@link Role#READ}. */
    READ(Role.READ.bit()),
    /** The role {@link Role#WRITE}. */
    WRITE(Role.WRITE.bit()),
    /** The role {@link Role#ADMIN}. */
    ADMIN(Role.ADMIN.bit());

    private final int roles;

    Permission(int roles) {
        this.roles = roles;
    }

    /** Whether one of a set of roles is enough. */
    public boolean isGivenTo(int granted) {
        return (roles & granted) != 0;
    }
}
