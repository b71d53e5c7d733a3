/**
 * What each item contributes to the layers that take the input, computed once for all requests, and
 * the split of those layers into a request's share and an item's. {@link
 * io.millrace.ranker.dcn.halves.DcnItemHalves} is the entry type, whose rows are laid out by {@link
 * io.millrace.ranker.dcn.halves.HalvesLayout}. Any thread may read them; whoever writes an item's
 * has it to himself. Memory for all items is allocated at the start, and reading allocates nothing.
 */
@NullMarked
package io.millrace.ranker.dcn.halves;

import org.jspecify.annotations.NullMarked;
