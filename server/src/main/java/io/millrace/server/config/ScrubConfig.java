package io.millrace.server.config;

/**
 * How the files of the bundle that is served are looked at again and again.
 *
 * @param megabytesPerSecond how fast they are read; 0 for not at all
 */
public record ScrubConfig(int megabytesPerSecond) {
    /** Every key at its default. */
    static final ScrubConfig DEFAULT = new ScrubConfig(10);

    /** Validates. */
    public ScrubConfig {
        Ranges.validate("scrub.megabytesPerSecond", megabytesPerSecond, 0, 100_000);
    }
}
