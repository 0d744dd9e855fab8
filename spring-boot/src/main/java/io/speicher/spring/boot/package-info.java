/**
 * What Spring Boot 3.5 and 4 configure by themselves: a client, a cache manager, health and
 * metrics. Classes that the two have in different packages are met in {@code Boot3} and {@code
 * Boot4} alone.
 */
@NullMarked
package io.speicher.spring.boot;

import org.jspecify.annotations.NullMarked;
