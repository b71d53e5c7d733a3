package io.millrace.server.funnel.rows;

/**
 * Rows and rates as a log has them, for requests that are answered again.
 *
 * @param users rows of the users as they were
 * @param candidates rows of the candidates that requests brought along
 * @param rates of the other candidates; not asked for where the schema declares none
 */
public record LoggedRows(UserRows users, CandidateRows candidates, CandidateRates rates) {}
