/**
 * RESP2 and RESP3, the dialects of Redis.
 *
 * <p>{@link io.speicher.dialect.resp.RespDialect} is all that others see. {@code RespParser} finds
 * the arguments of a command, {@code CommandTable} knows every command by name, and the parser of a
 * command makes a {@link io.speicher.protocol.Command} of the arguments and chooses a {@code
 * Spelling}, which writes the reply. Many commands of Redis ask for a part of an item or for
 * something that only this dialect knows: they are the same few commands, spelled otherwise.
 *
 * <p>Texts are kept as strings of ISO 8859-1 here, a character for each byte, so what a peer sent
 * comes back to it byte for byte.
 *
 * <p>Source: the documentation of Redis 7.2; where it says nothing, what Redis 7.0 answers.
 */
@NullMarked
package io.speicher.dialect.resp;

import org.jspecify.annotations.NullMarked;
