/** A codec that compresses what another codec writes. It knows no values and no keys. */
@NullMarked
package io.speicher.compression;

import org.jspecify.annotations.NullMarked;
