/**
 * The conformance kit: checks a server of any language against {@code docs/protocol.md}, or as a
 * server of RESP or of memcached's text protocol.
 *
 * <p>The tour: {@link io.speicher.tck.TckCommand} reads the options and the cases, which are data
 * ({@link io.speicher.tck.TranscriptParser} makes {@link io.speicher.tck.Case}s of text files).
 * {@link io.speicher.tck.CaseRunner} runs one case over a {@link io.speicher.tck.Wire} of its own,
 * and what the server answers is compared as {@link io.speicher.tck.Json}, or for other dialects
 * with a {@link io.speicher.tck.ReplyPattern}. The results go to the console, to an HTML page and
 * to a JUnit file.
 *
 * <p>The kit shares no class with the server or the client, not even a codec: a bug must not be
 * able to hide on both sides of a test. It does not measure speed.
 */
@NullMarked
package io.speicher.tck;

import org.jspecify.annotations.NullMarked;
