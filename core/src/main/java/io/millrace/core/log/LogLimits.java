package io.millrace.core.log;

/**
 * How large a log becomes.
 *
 * @param recordBytes length of the longest record
 * @param fileBytes length at which a new file is begun
 * @param fileMs age at which a new file is begun
 * @param totalBytes of all files together; the oldest are deleted for it, the newest never
 */
public record LogLimits(int recordBytes, long fileBytes, long fileMs, long totalBytes) {}
