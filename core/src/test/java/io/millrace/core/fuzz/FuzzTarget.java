package io.millrace.core.fuzz;

/** Something that reads bytes from outside. */
@FunctionalInterface
public interface FuzzTarget {
    /**
     * Reads an input to its end and gives back whatever it took for that.
     *
     * @param input any bytes
     * @throws Exception a MillraceException where they are refused; anything else is a defect
     */
    void read(byte[] input) throws Exception;
}
