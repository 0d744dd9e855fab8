/**
 * The commands of operators: what a server does, what is in it, and what it is told while it runs.
 *
 * <p>Each is a {@code RespCommand}: all of them speak RESP, so they serve any server that does.
 * {@code ServerInfo} is what INFO says at a time, {@code Activity} what has happened between two of
 * them.
 */
@NullMarked
package io.speicher.cli.operate;

import org.jspecify.annotations.NullMarked;
