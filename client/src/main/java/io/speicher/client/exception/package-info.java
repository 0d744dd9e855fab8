/**
 * What went wrong, and whether the server may have done it all the same. All are a {@link
 * io.speicher.client.exception.SpeicherException}; their constructors are public so that fakes can
 * throw them. A caller's own mistakes are none of these.
 */
@NullMarked
package io.speicher.client.exception;

import org.jspecify.annotations.NullMarked;
