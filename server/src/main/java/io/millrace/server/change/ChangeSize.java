package io.millrace.server.change;

/**
 * How large a change may be.
 *
 * @param columns the most columns that it brings
 * @param dimension numbers of a vector
 */
public record ChangeSize(int columns, int dimension) {}
