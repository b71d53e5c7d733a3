package io.millrace.core.log;

/**
 * What a reader of a log had to leave out.
 *
 * @param lostRecords records that are missing between others
 * @param damagedBytes bytes between others that are no record
 * @param tailBytes bytes at the ends of files that are no record: a killed writer did not finish
 *     them, or they are damaged
 */
public record LogDamage(long lostRecords, long damagedBytes, long tailBytes) {
    /** Nothing at all. */
    public static final LogDamage NONE = new LogDamage(0, 0, 0);

    /**
     * Adds what was left out elsewhere.
     *
     * @param other of another file.
     * @return the sum.
     */
    public LogDamage plus(LogDamage other) {
        return new LogDamage(
                lostRecords + other.lostRecords,
                damagedBytes + other.damagedBytes,
                tailBytes + other.tailBytes);
    }
}
