/** What commands do: the only place where a command meets the store. */
@NullMarked
package io.speicher.server.command;

import org.jspecify.annotations.NullMarked;
