/**
 * KuaiRand-Pure as a data set. {@link io.millrace.data.importers.kuairand.KuaiRandImporter} is the
 * entry type; catalogue and history become rows, the two files of impressions events. It runs on
 * the calling thread. Memory is that of the imported rows.
 */
@NullMarked
package io.millrace.data.importers.kuairand;

import org.jspecify.annotations.NullMarked;
