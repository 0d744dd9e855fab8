/** Tests of the command line: each runs a command as a process would, against a fake server. */
@NullMarked
package io.speicher.cli;

import org.jspecify.annotations.NullMarked;
