/**
 * {@code speicher shell}: commands of RESP, typed, from a pipe, or one of them as arguments.
 *
 * <p>{@code WordSplitter} makes words of a line and {@code ReplyText} text of a reply, both as
 * {@code redis-cli} does. {@code Session} is the connection, made anew where it was lost. {@code
 * CommandDocs} is what the server says of its commands. Only {@code InteractiveShell} and what it
 * needs load JLine, so that everything else starts without it.
 */
@NullMarked
package io.speicher.cli.repl;

import org.jspecify.annotations.NullMarked;
