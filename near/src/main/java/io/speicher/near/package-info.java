/**
 * A near cache: values in the memory of this program, on Caffeine, in front of a {@link
 * io.speicher.client.Cache}. {@link io.speicher.near.Near} makes it.
 */
@NullMarked
package io.speicher.near;

import org.jspecify.annotations.NullMarked;
