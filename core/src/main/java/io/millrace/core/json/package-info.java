/**
 * Reading and writing the small JSON files of the project: manifests, schemas, rules,
 * configuration. {@link io.millrace.core.json.Json} is the entry type. It has no state and may be
 * called from any thread. It allocates freely and has no place on the hot path.
 */
@NullMarked
package io.millrace.core.json;

import org.jspecify.annotations.NullMarked;
