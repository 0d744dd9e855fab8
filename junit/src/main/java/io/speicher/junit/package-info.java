/**
 * A server for the tests of a program: {@link io.speicher.junit.SpeicherTest} on a test class, and
 * a {@link io.speicher.client.Speicher} as a parameter of a test. {@code LocalServer} decides where
 * the server runs.
 */
@NullMarked
package io.speicher.junit;

import org.jspecify.annotations.NullMarked;
