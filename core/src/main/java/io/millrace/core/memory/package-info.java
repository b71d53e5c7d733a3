/**
 * Memory outside the Java heap: zeroed, aligned, on huge pages where the system grants them, and
 * counted. {@link io.millrace.core.memory.DirectMemory} is the entry type, {@link
 * io.millrace.core.memory.HugePageSupport} says whether the system grants them. Allocating and
 * closing may happen on any thread; access is as free as that of any shared memory segment,
 * ordering is the user's business. Access allocates nothing on the heap.
 */
@NullMarked
package io.millrace.core.memory;

import org.jspecify.annotations.NullMarked;
