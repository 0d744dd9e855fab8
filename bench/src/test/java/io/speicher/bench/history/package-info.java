@NullMarked
package io.speicher.bench.history;

import org.jspecify.annotations.NullMarked;
