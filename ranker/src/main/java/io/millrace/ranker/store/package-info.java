/**
 * Rows of users and items by id, off heap and on disk, changed in place while they are read, and a
 * copy of the item rows in the order of the index. {@link io.millrace.ranker.store.FeatureStore} is
 * the entry type; it stands on Chronicle Map, which nothing outside of this package sees. A store
 * may be used from any thread, but each reading thread has its own {@link
 * io.millrace.ranker.store.RowReader}. Reading a row and updating one allocate nothing.
 */
@NullMarked
package io.millrace.ranker.store;

import org.jspecify.annotations.NullMarked;
