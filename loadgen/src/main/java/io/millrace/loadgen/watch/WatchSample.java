package io.millrace.loadgen.watch;

import io.millrace.core.metrics.ProcessUsage;

import org.jspecify.annotations.Nullable;

/**
 * What was seen at one moment.
 *
 * @param atMs when, in milliseconds since 1970, by the generator's clock.
 * @param generator what the generator had used.
 * @param server what the server told, or null where it told nothing.
 */
record WatchSample(long atMs, ProcessUsage generator, @Nullable ServerPage server) {}
