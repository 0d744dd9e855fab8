/** Reading files in TOML, so that whatever is wrong in one is told with its place. */
@NullMarked
package io.speicher.server.toml;

import org.jspecify.annotations.NullMarked;
