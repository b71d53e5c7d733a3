/**
 * Compares the rows that a server has scored with, as its log of impressions holds them, with those
 * that training makes of the same users, moments and items. {@link
 * io.millrace.data.parity.ParityCheck} is the entry type. One thread; free to allocate.
 */
@NullMarked
package io.millrace.data.parity;

import org.jspecify.annotations.NullMarked;
