/**
 * How a server speaks: a {@link io.speicher.dialect.Dialect} turns bytes into {@linkplain
 * io.speicher.protocol.Command commands} and {@linkplain io.speicher.protocol.Reply replies} into
 * bytes. Each package below this one is one dialect. None knows channels, threads or stores.
 */
@NullMarked
package io.speicher.dialect;

import org.jspecify.annotations.NullMarked;
