/** Tests of the arithmetic behind figures. */
@NullMarked
package io.speicher.bench;

import org.jspecify.annotations.NullMarked;
