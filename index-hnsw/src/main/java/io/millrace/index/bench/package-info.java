/**
 * Measures an index on given vectors: time to build, memory, and for each effort the recall and
 * speed of search. {@link io.millrace.index.bench.AnnBenchmark} is the entry type. The build uses
 * the threads of the plan, queries run on the calling thread one after another. The measured loop
 * allocates nothing.
 */
@NullMarked
package io.millrace.index.bench;

import org.jspecify.annotations.NullMarked;
