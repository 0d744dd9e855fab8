/**
 * JSR 107 on a {@link io.speicher.client.Cache}: of a server or of the engine in this process. The
 * {@link io.speicher.jcache.SpeicherCachingProvider} is found by JCache; {@link
 * io.speicher.jcache.SpeicherConfiguration} says how keys and values are stored.
 *
 * <p>What has to be atomic is a loop of reading a version and writing under its condition, so that
 * it is atomic among all programs that share the server. Loaders, writers, listeners, expiry
 * policies and entry processors run in the program that calls.
 */
@NullMarked
package io.speicher.jcache;

import org.jspecify.annotations.NullMarked;
