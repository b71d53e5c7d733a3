/**
 * A run as one HTML file that needs no network: figures, funnel, curves and examples, drawn as
 * inline SVG and CSS for light and dark, wide and narrow screens. {@link
 * io.millrace.cli.report.HtmlReport} is the entry type, {@link io.millrace.cli.report.ReportData}
 * what it shows. Used by one thread. Free to allocate.
 */
@NullMarked
package io.millrace.cli.report;

import org.jspecify.annotations.NullMarked;
