package io.speicher.load;

/** Chooses the key of the next operation, for one thread. */
interface KeyChooser {
  /** The number of a key, from 0 to one less than there are. */
  long next(RandomNumbers random);
}
