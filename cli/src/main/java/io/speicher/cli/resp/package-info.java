/**
 * The client half of RESP: a connection that sends commands and reads replies, to this server or
 * any other that speaks it. It knows no command, apart from what a login takes.
 */
@NullMarked
package io.speicher.cli.resp;

import org.jspecify.annotations.NullMarked;
