/**
 * What executes the commands of a cache: a server far away, or a map in this process. It is no part
 * of what programs may use; the embedded engine is a backend, too.
 */
@NullMarked
package io.speicher.client.backend;

import org.jspecify.annotations.NullMarked;
