package io.speicher.load;

/** What a reply says. */
enum Outcome {
  /** Done: the value was there, or was stored or deleted. */
  DONE,

  /** There is no such key. */
  MISS,

  /** The server says that it could not do it. */
  ERROR
}
