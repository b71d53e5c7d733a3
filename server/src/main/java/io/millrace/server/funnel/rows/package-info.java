/**
 * Feature rows as requests read them, bring them and change them.
 *
 * <p>Entry type: {@link io.millrace.server.funnel.rows.ServedRows}, the rows of a bundle, beside
 * {@link io.millrace.server.funnel.rows.RequestRows}, those of one request. Threading: rows are
 * shared, a reader of them belongs to one thread, and {@link
 * io.millrace.server.funnel.rows.ItemChanges} tells whether they changed meanwhile. Allocation:
 * none while requests are read, but for the text of an error.
 */
@NullMarked
package io.millrace.server.funnel.rows;

import org.jspecify.annotations.NullMarked;
