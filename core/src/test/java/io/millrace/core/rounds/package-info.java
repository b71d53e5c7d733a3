/**
 * How often tests repeat what a single time proves little about: kills, swaps, ends. {@link
 * io.millrace.core.rounds.Rounds} is the entry type, which multiplies them by a factor for the long
 * suite. Any thread may ask. It allocates nothing.
 */
@NullMarked
package io.millrace.core.rounds;

import org.jspecify.annotations.NullMarked;
