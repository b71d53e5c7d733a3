/**
 * What a run of the benchmarks measured: read from the JSON file that JMH writes, drawn, and held
 * against another run. {@link io.millrace.jmh.results.ResultsReport} is the entry type; {@code
 * jmh/run.sh} calls it. Nothing is shared between calls. Free to allocate.
 */
@NullMarked
package io.millrace.jmh.results;

import org.jspecify.annotations.NullMarked;
