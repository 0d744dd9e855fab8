/**
 * {@code speicher top}: what a server does, on the whole screen. {@code TopSample} is what is asked
 * of the server at a time, {@code TopScreen} makes lines of two of them, and only {@code
 * TopCommand} knows the terminal.
 */
@NullMarked
package io.speicher.cli.top;

import org.jspecify.annotations.NullMarked;
