package io.millrace.server.funnel;

/**
 * Rows as a log has them, for requests that are answered again.
 *
 * @param users rows of the users as they were
 * @param candidates rows of the candidates that requests brought along
 */
public record LoggedRows(UserRows users, CandidateRows candidates) {}
