package io.millrace.jmh.peers.driver;

/**
 * What a driver says when it has run all queries at one effort.
 *
 * @param ef the effort.
 * @param queriesPerSecond on one thread.
 */
public record PointLine(int ef, double queriesPerSecond) {}
