/**
 * What is said between clients and servers, without saying how it is spelled.
 *
 * <p>{@link io.speicher.protocol.Command} is what a server can be asked, {@link
 * io.speicher.protocol.Reply} what it answers. A package below this one is a dialect: it turns
 * bytes into commands and replies into bytes for a server, and the other way round for a client. A
 * dialect knows nothing of channels, threads or stores.
 */
@NullMarked
package io.speicher.protocol;

import org.jspecify.annotations.NullMarked;
