/**
 * {@code speicher copy}, {@code dump} and {@code restore}: items of one server, or of a file, to
 * another server or a file.
 *
 * <p>A {@code Source} gives items batch by batch, a {@code Target} takes them; {@code RespServer}
 * and {@code MemcachedServer} are the two protocols that both are spoken to by. {@code CopyRun}
 * moves the batches: one thread reads, another writes. Nothing here knows more of items than {@code
 * Item} says: what is not a string is counted, and left where it is.
 */
@NullMarked
package io.speicher.cli.copy;

import org.jspecify.annotations.NullMarked;
