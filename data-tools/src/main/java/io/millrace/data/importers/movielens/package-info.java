/**
 * MovieLens as a data set, in each of the forms it is handed out in. {@link
 * io.millrace.data.importers.movielens.MovieLensImporter} is the entry type; {@code
 * MovieLensLayout} knows files and columns. It runs on the calling thread. Memory is that of the
 * ratings, 25 bytes each, and of the rows.
 */
@NullMarked
package io.millrace.data.importers.movielens;

import org.jspecify.annotations.NullMarked;
