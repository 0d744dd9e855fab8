/**
 * Spring's cache abstraction on the Java client: {@link io.speicher.spring.SpeicherCacheManager}
 * makes {@link io.speicher.spring.SpringCache}s. It needs Spring Framework 6.2 or 7 and no Spring
 * Boot.
 */
@NullMarked
package io.speicher.spring;

import org.jspecify.annotations.NullMarked;
