/**
 * {@code speicher top}: what a server does, on the whole screen. Only this and the shell load
 * JLine.
 */
@NullMarked
package io.speicher.cli.top;

import org.jspecify.annotations.NullMarked;
