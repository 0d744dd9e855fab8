package io.speicher.server.command;

import io.speicher.store.Store;
import java.util.Arrays;

/**
 * The databases of a store by their numbers, for all event loops. They change while all loops but
 * one stand still ({@link LoopLocks#alone}).
 */
public final class Databases {
  private final Store store;
  private final Store[] stores = new Store[Store.DATABASES];

  public Databases(Store store) {
    this.store = store;
    Arrays.setAll(stores, store::database);
  }

  /** The database that has this number now. */
  public Store get(int number) {
    return stores[number];
  }

  /** Exchanges the numbers of two databases. */
  void swap(int number, int other) {
    store.swap(number, other);
    stores[number] = store.database(number);
    stores[other] = store.database(other);
  }
}
