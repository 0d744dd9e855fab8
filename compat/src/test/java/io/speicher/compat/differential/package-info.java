/**
 * A differential test: random commands go to two servers, and their replies must be the same bytes.
 *
 * <p>{@link io.speicher.compat.differential.Differential} runs rounds of about a hundred commands
 * of a {@code Dialect}, from {@code RespCommands} or {@code MemcachedCommands}; every third round
 * is damaged by {@code Mutation}. A round is a connection of its own and begins with an empty
 * store, so that its seed alone repeats it. Where the servers may differ, {@code KnownDifference}
 * says so and why.
 *
 * <p>What is not compared: how long anything takes, and items that expire while a round runs.
 */
@NullMarked
package io.speicher.compat.differential;

import org.jspecify.annotations.NullMarked;
