/**
 * What a bundle is: one folder of towers, vectors, graph, features, ranker and rules that were made
 * for each other. {@link io.millrace.core.bundle.BundleManifest} is the entry type; {@link
 * io.millrace.core.bundle.BundleLayout} names the files. All types are immutable and may be used
 * from any thread. Checking a bundle reads all of it and has no place on the hot path.
 */
@NullMarked
package io.millrace.core.bundle;

import org.jspecify.annotations.NullMarked;
