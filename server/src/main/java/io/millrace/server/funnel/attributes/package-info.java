/**
 * The attributes of the items that are served, which requests filter by, and how changes of items
 * come into them.
 *
 * <p>Entry type: {@link io.millrace.server.funnel.attributes.ServedAttributes}. Threading: shared,
 * and changed by one thread. Allocation: by texts of changes.
 */
@NullMarked
package io.millrace.server.funnel.attributes;

import org.jspecify.annotations.NullMarked;
