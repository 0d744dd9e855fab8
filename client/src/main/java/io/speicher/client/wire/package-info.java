/**
 * How a client reaches a server: where it is, TLS, and the socket. For framed JSON here, and for
 * RESP in the command line; it is no part of what programs may use.
 */
@NullMarked
package io.speicher.client.wire;

import org.jspecify.annotations.NullMarked;
