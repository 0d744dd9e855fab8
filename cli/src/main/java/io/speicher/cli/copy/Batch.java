package io.speicher.cli.copy;

import java.util.List;

/**
 * Some items that were read together.
 *
 * @param database where they were
 * @param items with the keys that they are to have
 * @param seen how many keys the source went past for them
 * @param position from where a later run goes on if these and all before them have been copied
 */
record Batch(int database, List<Item> items, int seen, String position) {
  long bytes() {
    return items.stream().mapToLong(Item::bytes).sum();
  }
}
