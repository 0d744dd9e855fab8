/** What requests cost a cluster. */
@NullMarked
package io.speicher.bench.cluster;

import org.jspecify.annotations.NullMarked;
