package io.speicher.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A setting of the server and what it is.
 *
 * @param name the server's own name for it
 * @param redisName the name in Redis's {@code CONFIG GET}, or null if Redis has no such setting
 * @param memcachedName the name in memcached's {@code stats settings}, or null likewise
 * @param value a text, or a plain number: sizes in bytes, times in seconds
 * @param origin where it was said: an option, a variable, a place in a file; else {@code default}
 */
public record SettingValue(
    String name,
    @Nullable String redisName,
    @Nullable String memcachedName,
    String value,
    String origin) {}
