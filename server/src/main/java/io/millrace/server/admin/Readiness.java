package io.millrace.server.admin;

/** Whether to send requests. */
public enum Readiness {
    /** Not yet: opening and warming up. */
    STARTING("starting"),
    /** Yes. */
    READY("ready"),
    /** A file of the bundle is damaged: answers may be wrong. */
    DAMAGED("damaged"),
    /** No more: answering what is in flight. */
    STOPPING("stopping");

    private final String label;

    Readiness(String label) {
        this.label = label;
    }

    /**
     * The word that is answered.
     *
     * @return lower case
     */
    public String label() {
        return label;
    }
}
