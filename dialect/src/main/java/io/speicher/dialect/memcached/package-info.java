/**
 * What memcached speaks: the text dialect with its classic and meta commands, and the old binary
 * one.
 *
 * <p>{@code Line} splits a command line, {@code Numeral} reads its numbers as C does; {@code
 * ClassicCommands} and {@code MetaCommands} each know one family of commands, what they become and
 * how their replies are spelled. Where bytes begin and end, and that a data block follows a line,
 * is known to {@link io.speicher.dialect.memcached.MemcachedDialect} alone. Errors have the texts
 * of memcached 1.6.18, because clients match on them.
 */
@NullMarked
package io.speicher.dialect.memcached;

import org.jspecify.annotations.NullMarked;
