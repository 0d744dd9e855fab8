/**
 * What all commands stand on: the {@code Shell} that a command was started from, the options that
 * say where the server is, and how results look (tables, JSON, units). No command is here.
 */
@NullMarked
package io.speicher.cli.console;

import org.jspecify.annotations.NullMarked;
