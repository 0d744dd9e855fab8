/** What JCache's own tests need to run against Speicher. */
@NullMarked
package io.speicher.jcache.tck;

import org.jspecify.annotations.NullMarked;
