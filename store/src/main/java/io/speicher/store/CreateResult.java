package io.speicher.store;

/** What became of the wish to declare a namespace. */
public enum CreateResult {
  CREATED,
  /** It was declared before, and is as it was. */
  PRESENT,
  /** There are {@link Store#MAX_NAMESPACES}; those that were dropped lately may be among them. */
  TOO_MANY
}
