/**
 * What is said between clients and servers, without saying how it is spelled.
 *
 * <p>{@link io.speicher.protocol.Command} is what a server can be asked, {@link
 * io.speicher.protocol.Reply} what it answers, and {@link io.speicher.protocol.json} how both are
 * spelled in framed JSON. The other dialects are the server's alone.
 */
@NullMarked
package io.speicher.protocol;

import org.jspecify.annotations.NullMarked;
