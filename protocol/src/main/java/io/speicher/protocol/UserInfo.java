package io.speicher.protocol;

import java.util.List;

/**
 * What a server knows of one of its users.
 *
 * @param enabled whether it may say its password
 * @param takesAnyPassword whether any password will do
 * @param passwords hashes, from which no password can be told, though guesses can be checked
 * @param certificates names of client certificates that are as good as a password
 * @param commands what it may do, as Redis spells it
 * @param keys patterns of keys, each with its rights, as Redis spells them
 */
public record UserInfo(
    String name,
    boolean enabled,
    boolean takesAnyPassword,
    List<String> passwords,
    List<String> certificates,
    String commands,
    List<String> keys) {}
