/**
 * What the tests of all modules run with: {@link io.speicher.testing.RunWatch} fails a run that is
 * not quiet. It holds nothing that a test calls, and no other class of Speicher.
 */
@NullMarked
package io.speicher.testing;

import org.jspecify.annotations.NullMarked;
