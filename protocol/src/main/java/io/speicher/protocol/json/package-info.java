/**
 * Framed JSON, the protocol that docs/protocol.md describes, as far as clients and servers share
 * it.
 *
 * <p>{@link io.speicher.protocol.json.JsonCommandEncoder} and {@link
 * io.speicher.protocol.json.JsonReplyDecoder} are a client's half. All stands on {@code
 * JsonScanner}, which checks a JSON text strictly and finds its members without building a tree.
 */
@NullMarked
package io.speicher.protocol.json;

import org.jspecify.annotations.NullMarked;
