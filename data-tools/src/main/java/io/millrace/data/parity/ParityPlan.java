package io.millrace.data.parity;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;

/**
 * What rows to compare.
 *
 * @param log folder of the impressions, or one file of it
 * @param bundle folder of the bundle that answered
 * @param dataset folder of the data set that the bundle was built from, or null to take the rows
 *     that the bundle has of it
 * @param kept how many differences to keep
 */
public record ParityPlan(Path log, Path bundle, @Nullable Path dataset, int kept) {}
