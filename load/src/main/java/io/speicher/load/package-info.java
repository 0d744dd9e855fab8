/**
 * The load generator: sends requests of one protocol over many connections, and measures.
 *
 * <p>The tour: {@link io.speicher.load.BenchCommand} reads the options into {@code Settings}.
 * {@code LoadRun} opens the connections and runs phases one after another: preload, warm-up,
 * measurement. In a phase each {@code Worker} thread has a selector and some {@code Connection}s,
 * which write {@code Requests} and read replies with a {@code ReplyScanner}, both of one {@code
 * Protocol}. Meanwhile {@code Recording} takes what the workers' {@code Meter}s have counted, once
 * a second, and at the end it all becomes a {@code Result}: a table, JSON, a page.
 *
 * <p>No class of the server or the client is used here, and none of their libraries: this measures
 * from outside, and it must cost less than what it measures. Nothing is allocated for an operation.
 */
@NullMarked
package io.speicher.load;

import org.jspecify.annotations.NullMarked;
