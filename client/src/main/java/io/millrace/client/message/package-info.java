/**
 * What can be asked of a server and what it answers, with their frames. {@link
 * io.millrace.client.message.RequestFrames} encodes a question, and the {@link
 * io.millrace.client.message.RequestFrame} it gives reads the answer; nothing here knows of
 * connections. Questions and answers are records that any thread may share; a frame belongs to one
 * request. Every question allocates its frame, every answer its arrays.
 */
@NullMarked
package io.millrace.client.message;

import org.jspecify.annotations.NullMarked;
