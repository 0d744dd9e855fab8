/**
 * What the Java client does, told to Micrometer ({@link io.speicher.telemetry.CacheMetrics}, {@link
 * io.speicher.telemetry.MicrometerListener}) and to OpenTelemetry ({@link
 * io.speicher.telemetry.OpenTelemetryListener}). Each needs the library that it is named for, and
 * none of the others. The flight recorder of the JVM is told by the client itself.
 */
@NullMarked
package io.speicher.telemetry;

import org.jspecify.annotations.NullMarked;
