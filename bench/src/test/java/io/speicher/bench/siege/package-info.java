/** Tests of the siege: what it knows of replies, and that it finds what is planted. */
@NullMarked
package io.speicher.bench.siege;

import org.jspecify.annotations.NullMarked;
