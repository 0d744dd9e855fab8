/** The edges between modules and packages that docs/architecture.md draws, held by a test. */
@NullMarked
package io.speicher.compat.architecture;

import org.jspecify.annotations.NullMarked;
