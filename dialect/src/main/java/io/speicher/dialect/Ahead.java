package io.speicher.dialect;

import io.netty.buffer.Unpooled;

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

  public boolean isFull() {
    return count == MAX_COMMANDS;
  }

  public Plain get(int index) {
    return commands[index];
  }

  /** Where the next command belongs, until {@link #add} is called. */
  Plain next() {
    return commands[count];
  }

  void add() {
    count++;
  }
}
