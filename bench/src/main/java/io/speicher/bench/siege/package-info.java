/**
 * A campaign against a running server: hostile peers in every dialect beside well-behaved clients
 * that check every byte of their replies.
 *
 * <p>{@link io.speicher.bench.siege.SiegeCommand} is the program and {@code Siege} the campaign. An
 * {@code Attack} names one hostile {@code Behaviour}, and lists them all. A {@code
 * WellBehavedClient} checks what it reads and measures how long it waits. Both speak through a
 * {@code Wire}, of which there is one for each dialect, and write {@code Value}s, which name the
 * key and the version that they belong to. {@code Watch} samples the server's process, and {@code
 * Findings} holds what went wrong. Requests and replies are spelled out here, apart from the
 * server's own codecs, so that a fault cannot hide on both sides.
 */
@NullMarked
package io.speicher.bench.siege;

import org.jspecify.annotations.NullMarked;
