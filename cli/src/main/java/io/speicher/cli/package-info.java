/**
 * The command line: {@link io.speicher.cli.SpeicherCommand} is {@code speicher}, and there is a
 * class for each of its commands.
 *
 * <p>A command of framed JSON is a {@code ClientCommand} and says no more than what it does with
 * the connection. Where the server is, {@code console.ConnectionOptions} knows; what an error is
 * called and which status the program exits with, {@code ErrorReport} alone. All that comes from
 * outside (streams, variables) is in a {@code console.Shell}, so that tests can be one.
 *
 * <p>The commands of operators speak RESP and are in {@code operate}, {@code top} and {@code repl}.
 * They know {@code console} and {@code resp}, and nothing of this package, which puts all together.
 *
 * <p>The server and the conformance kit are not known here by name: whatever {@link
 * java.util.concurrent.Callable} a jar on the class path offers as a service, and is a command of
 * picocli's, is a command of {@code speicher}.
 */
@NullMarked
package io.speicher.cli;

import org.jspecify.annotations.NullMarked;
