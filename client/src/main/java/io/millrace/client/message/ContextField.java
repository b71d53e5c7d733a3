package io.millrace.client.message;

/**
 * A field of the context that a request may name.
 *
 * @param name as in the schema of the bundle.
 * @param codes raw codes are 0 to codes - 1; 0 where the server derives the field from the time.
 */
public record ContextField(String name, int codes) {}
