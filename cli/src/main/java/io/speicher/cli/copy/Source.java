package io.speicher.cli.copy;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Where items come from. One thread at a time. */
interface Source extends AutoCloseable {
  /**
   * The next items, some of which may be none; null at the end. Keys that are left out have been
   * counted in {@link Skips}.
   */
  @Nullable Batch next() throws IOException;

  /** How many keys there are, about; -1 if that is not known. */
  long total();

  /** Something that is another when positions of before mean nothing any more. */
  String incarnation();

  /** Begins at a position that a {@link Batch} has had, before the first call of {@link #next}. */
  void resume(String position);

  /** Whether flags of memcached come with the items. */
  boolean hasFlags();

  /** Whether kinds of Speicher come with them. */
  boolean hasKinds();

  @Override
  void close() throws IOException;
}
