package io.speicher.server.security;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.speicher.protocol.ConnectionInfo;
import io.speicher.protocol.Denial;
import io.speicher.protocol.Reply.Denied;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What was denied lately, for who wants to know why a program does not work. The same that is
 * denied again within a minute is counted. Any thread may call any method.
 *
 * <p>It may be called for each command of peers that try the same again and again. So only some
 * times a second what the peer is like is looked up, which takes longer the more connections there
 * are.
 */
public final class Denials {
  static final int MAX_DENIALS = 128;

  private static final int MAX_COMPARED = 10;
  private static final long SAME_MILLIS = TimeUnit.MINUTES.toMillis(1);
  private static final int MAX_OBJECT_CHARS = 128;
  private static final int MAX_LOOKUPS_PER_SECOND = 20;

  private final InstantSource clock;

  /** The last one first. */
  @GuardedBy("this")
  private final Deque<Denial> denials = new ArrayDeque<>();

  @GuardedBy("this")
  private long lastId = -1;

  @GuardedBy("this")
  private long second;

  @GuardedBy("this")
  private int lookups;

  public Denials(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Something was denied.
   *
   * @param object the command, or the key as ISO 8859-1, or how somebody wanted to say who it is
   * @param peer what the connection is like, if that can be told
   */
  public synchronized void add(
      Denied reason,
      boolean inTransaction,
      String object,
      String user,
      Supplier<@Nullable ConnectionInfo> peer) {
    long now = clock.millis();
    String shown = object.substring(0, Math.min(object.length(), MAX_OBJECT_CHARS));
    ConnectionInfo known = mayLookUp(now) ? peer.get() : null;
    Denial same = removeSame(reason, inTransaction, shown, user, now);
    if (same != null) {
      denials.addFirst(
          new Denial(
              same.id(),
              same.count() + 1,
              reason,
              inTransaction,
              shown,
              user,
              same.firstMillis(),
              now,
              known == null ? same.peer() : known));
      return;
    }
    lastId++;
    denials.addFirst(new Denial(lastId, 1, reason, inTransaction, shown, user, now, now, known));
    if (denials.size() > MAX_DENIALS) {
      denials.removeLast();
    }
  }

  @GuardedBy("this")
  private boolean mayLookUp(long nowMillis) {
    if (nowMillis / 1_000 != second) {
      second = nowMillis / 1_000;
      lookups = 0;
    }
    lookups++;
    return lookups <= MAX_LOOKUPS_PER_SECOND;
  }

  @GuardedBy("this")
  private @Nullable Denial removeSame(
      Denied reason, boolean inTransaction, String object, String user, long now) {
    Iterator<Denial> last = denials.iterator();
    for (int i = 0; i < MAX_COMPARED && last.hasNext(); i++) {
      Denial denial = last.next();
      if (denial.reason() == reason
          && denial.inTransaction() == inTransaction
          && denial.object().equals(object)
          && denial.user().equals(user)
          && now - denial.lastMillis() <= SAME_MILLIS) {
        last.remove();
        return denial;
      }
    }
    return null;
  }

  /** The last ones, the last first. */
  public synchronized List<Denial> last(int max) {
    return denials.stream().limit(max).toList();
  }

  public synchronized void clear() {
    denials.clear();
  }
}
