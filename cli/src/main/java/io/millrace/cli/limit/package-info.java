/**
 * Loads of many rates, and by what their answers are judged. {@code LoadLimit} looks for the
 * highest rate that holds and {@code LoadSteps} loads at given ones; both are run by {@code
 * io.millrace.cli.load.LoadCommand} and shown as a page. Everything runs on the main thread. Free
 * to allocate.
 */
@NullMarked
package io.millrace.cli.limit;

import org.jspecify.annotations.NullMarked;
