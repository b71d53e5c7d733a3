/**
 * Fuzzing: sound inputs are changed at random and given to whatever reads bytes from outside.
 * {@link io.millrace.core.fuzz.Fuzzing} is the entry type, {@link io.millrace.core.fuzz.FuzzTarget}
 * what each reader is wrapped in. One thread runs a target, bounded in time. It allocates as it
 * likes, for what is measured is the target alone.
 */
@NullMarked
package io.millrace.core.fuzz;

import org.jspecify.annotations.NullMarked;
