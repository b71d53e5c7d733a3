/**
 * Which items are served beside what the bundle has: those that were deleted, those that came
 * later, and those that are not what they were. {@link io.millrace.server.living.LivingItems} is
 * the entry type; it knows items by id and by ordinal, {@link
 * io.millrace.server.living.UpsertedItems} has the vectors that the index does not have, and {@link
 * io.millrace.server.living.UpsertedGraph} finds them where they are many. One thread changes them,
 * any thread reads without a lock. Reading allocates nothing, a change may.
 */
@NullMarked
package io.millrace.server.living;

import org.jspecify.annotations.NullMarked;
