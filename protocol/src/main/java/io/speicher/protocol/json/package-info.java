/**
 * Framed JSON, the dialect that docs/protocol.md describes.
 *
 * <p>{@link io.speicher.protocol.json.JsonCommandDecoder} and {@link
 * io.speicher.protocol.json.JsonReplyEncoder} are a server's half, {@link
 * io.speicher.protocol.json.JsonCommandEncoder} and {@link
 * io.speicher.protocol.json.JsonReplyDecoder} a client's. All stand on {@code JsonScanner}, which
 * checks a JSON text strictly and finds its members without building a tree.
 */
@NullMarked
package io.speicher.protocol.json;

import org.jspecify.annotations.NullMarked;
