/**
 * Pictures of what was measured. {@link io.millrace.jmh.plot.PlotPage} draws lines over axes as
 * SVG, without knowing what they are; what places and ticks mean is its callers' matter. Nothing is
 * shared between calls. Free to allocate.
 */
@NullMarked
package io.millrace.jmh.plot;

import org.jspecify.annotations.NullMarked;
