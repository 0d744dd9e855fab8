/**
 * Codecs by Jackson: {@link io.speicher.jackson.JacksonCodec} for Jackson 3, {@link
 * io.speicher.jackson.Jackson2Codec} for Jackson 2. Neither needs the classes of the other.
 */
@NullMarked
package io.speicher.jackson;

import org.jspecify.annotations.NullMarked;
