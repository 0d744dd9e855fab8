package io.speicher.dialect;

import java.nio.ByteBuffer;

/**
 * A plain command that lies whole in received bytes: to get or to set one key, with nothing unusual
 * about it. It is found before it is executed, and remembers where its parts lie, so that nobody
 * looks for them twice. It is used again for another command by its {@link Ahead}.
 */
public final class Plain {
  ReceivedBytes source;

  /** Indexes of the source. */
  int start;

  /** The database that the connection had chosen when it was found. */
  int database;

  int end;
  int keyIndex;
  int keyBytes;
  int valueIndex;
  int valueBytes;
  boolean isSet;

  /**
   * Whether all of it is as usual. Else only its key and its end are right, and it is decoded like
   * any other command.
   */
  boolean isUsual;

  /** What memcached's clients say of a value. */
  int flags;

  int exptime;

  Plain(ReceivedBytes source) {
    this.source = source;
  }

  // ---- for those who look for one ----

  /**
   * Says where it ends and whether it sets, and that all of it is as usual until told otherwise.
   */
  public void found(boolean sets, int newEnd) {
    isSet = sets;
    isUsual = true;
    end = newEnd;
  }

  public void key(int index, int length) {
    keyIndex = index;
    keyBytes = length;
  }

  public void value(int index, int length) {
    valueIndex = index;
    valueBytes = length;
  }

  public void unusual() {
    isUsual = false;
  }

  public void flags(int newFlags, int newExptime) {
    flags = newFlags;
    exptime = newExptime;
  }

  // ---- for those who execute it ----

  public boolean isUsual() {
    return isUsual;
  }

  public boolean isSet() {
    return isSet;
  }

  public int start() {
    return start;
  }

  /** The index behind its last byte. */
  public int end() {
    return end;
  }

  /** A view of the source, valid until the next command is asked for its key. */
  public ByteBuffer key() {
    return source.keys().limit(keyIndex + keyBytes).position(keyIndex);
  }

  /** A view of the source, valid until the next command is asked for its value. */
  public ByteBuffer value() {
    return source.values().limit(valueIndex + valueBytes).position(valueIndex);
  }

  public int flags() {
    return flags;
  }

  public int exptime() {
    return exptime;
  }
}
