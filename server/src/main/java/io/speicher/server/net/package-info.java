/** Sockets: listeners, connections, and the turn of an event loop that serves them. */
@NullMarked
package io.speicher.server.net;

import org.jspecify.annotations.NullMarked;
