/**
 * What the clients and tools that people already have do with Speicher, as their users use them.
 *
 * <p>Each {@code IT} is one client. The server is a Speicher in this JVM, or the one that {@code
 * -Dresp.server=host:port} or {@code -Dmemcached.server=host:port} names: with a real {@code
 * redis-server} or {@code memcached} there, a test that fails shows that the test is wrong. The
 * tests wipe the server.
 *
 * <p>A program that is not installed skips its test, unless the profile {@code compat} asks for
 * all.
 */
@NullMarked
package io.speicher.compat;

import org.jspecify.annotations.NullMarked;
