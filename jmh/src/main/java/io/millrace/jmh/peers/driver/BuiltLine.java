package io.millrace.jmh.peers.driver;

/**
 * What a driver says when its index is ready.
 *
 * @param version of the engine.
 * @param kernels what it computes distances with, in its own words.
 * @param vectors how many rows the index holds.
 * @param buildSeconds wall time from rows in memory to an index that can be searched.
 * @param bytesPerVector memory of rows and links, or of the files that hold them; 0 where not
 *     known.
 */
public record BuiltLine(
        String version, String kernels, int vectors, double buildSeconds, double bytesPerVector) {}
