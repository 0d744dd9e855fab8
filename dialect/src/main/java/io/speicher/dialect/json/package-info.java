/**
 * The server's half of framed JSON, which docs/protocol.md describes; what a client shares with it
 * is in {@link io.speicher.protocol.json}.
 */
@NullMarked
package io.speicher.dialect.json;

import org.jspecify.annotations.NullMarked;
