/**
 * HTTP/1.1, for whoever watches and operates the server: Netty's codec, the limits on what peers
 * may send, who may ask for what, and how pages are sent. Items are not served here, and which
 * pages there are is up to {@code admin}.
 *
 * <p>A connection arrives by {@link io.speicher.server.net.HttpHandover}. Its loop only takes
 * requests apart and sends bytes that are there: pages are made, one after the other, on a thread
 * of {@link HttpService}.
 */
@NullMarked
package io.speicher.server.http;

import org.jspecify.annotations.NullMarked;
