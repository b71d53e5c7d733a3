/**
 * Arithmetic on many numbers at once: the only package that imports the Vector API. {@link
 * io.millrace.core.simd.Kernels} is the entry type; it picks the kernels of the machine, each of
 * which has a scalar twin it is tested against. Kernels are stateless and may be shared between
 * threads. They write into the caller's memory and allocate nothing.
 */
@NullMarked
package io.millrace.core.simd;

import org.jspecify.annotations.NullMarked;
