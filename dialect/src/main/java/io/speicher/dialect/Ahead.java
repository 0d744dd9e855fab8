package io.speicher.dialect;

import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;

/**
 * Plain commands that have been received and not been executed yet, in their order: so that a store
 * can be asked for all their keys at once. One thread uses it, for one batch after the other;
 * nothing is allocated for a command.
 */
public final class Ahead {
  /** More than so many at a time would drive each other out of the processor's cache. */
  public static final int MAX_COMMANDS = 64;

  private final Plain[] commands = new Plain[MAX_COMMANDS];
  private int count;
  private int database;

  public Ahead() {
    ReceivedBytes nothing = new ReceivedBytes(Unpooled.EMPTY_BUFFER);
    for (int i = 0; i < MAX_COMMANDS; i++) {
      commands[i] = new Plain(nothing);
    }
  }

  /** Forgets all commands. */
  public void clear() {
    count = 0;
  }

  public int count() {
    return count;
  }

  /** Commands that are added from now on are about this database. */
  public void database(int number) {
    database = number;
  }

  public boolean isFull() {
    return count == MAX_COMMANDS;
  }

  public Plain get(int index) {
    return commands[index];
  }

  /** Somewhere to put the keys of commands. */
  @FunctionalInterface
  public interface Keys {
    /**
     * Adds a key, and returns its place.
     *
     * @param database the number of its database
     * @param index where the key begins in the buffer, whose position does not count
     * @param read whether the command reads; else it writes
     */
    int add(int database, ByteBuffer buffer, int index, int keyBytes, boolean read);
  }

  /** Adds the keys of all commands, in their order. */
  public void addKeysTo(Keys keys) {
    for (int i = 0; i < count; i++) {
      Plain command = commands[i];
      keys.add(
          command.database,
          command.source.readable(),
          command.keyIndex,
          command.keyBytes,
          !command.isSet);
    }
  }

  /** Where the next command belongs, until {@link #add} is called. */
  Plain next() {
    return commands[count];
  }

  void add() {
    commands[count].database = database;
    count++;
  }
}
