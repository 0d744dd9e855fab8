package io.speicher.server.command;

import static java.util.Objects.requireNonNull;

import io.speicher.dialect.Account;
import io.speicher.dialect.Pushes;
import io.speicher.dialect.Rights;
import io.speicher.dialect.Session;
import io.speicher.dialect.Tracker;
import io.speicher.protocol.Reply;
import io.speicher.protocol.TrackingOptions;
import io.speicher.store.ChangeListener;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tells peers of changes of what they keep. Any thread may call any method, unless it says
 * otherwise. {@code docs/architecture.md} has the guarantee and why it holds.
 */
public final class Tracking implements ChangeListener {
  /** So many peers at a time can be told of keys that they have read. */
  private static final int MAX_CLIENTS = 1 << 16;

  private final TrackedKeys keys;
  private final AtomicReferenceArray<@Nullable Client> byNumber =
      new AtomicReferenceArray<>(MAX_CLIENTS);
  private final AtomicInteger nextNumber = new AtomicInteger();

  /** What the connections have to be told that can be told anything, by their ids. */
  private final Map<Long, Pushes> receivers = new ConcurrentHashMap<>();

  private volatile List<Client> all = List.of();

  /** Those of them who are told by prefixes. */
  private volatile List<Client> broadcasting = List.of();

  /** Those who are told of what they have read: how many there are. */
  private final AtomicInteger readers = new AtomicInteger();

  /**
   * @param maxBytes what may be taken to remember who has read what
   */
  public Tracking(Account account, long maxBytes) {
    keys =
        new TrackedKeys(
            account,
            maxBytes,
            new TrackedKeys.Readers() {
              @Override
              public TrackedKeys.@Nullable Reader get(int number) {
                return byNumber.get(number);
              }

              @Override
              public boolean changed(TrackedKeys.Reader reader, ByteBuffer key) {
                return ((Client) reader).changed(key);
              }
            });
  }

  /** A peer that is told. */
  private final class Client implements Tracker, TrackedKeys.Reader {
    private final Session session;
    private final int number;
    private final Runnable whenClosed;
    private volatile TrackingOptions options;
    private volatile int generation;
    private volatile boolean isBroken;

    /** How many keys it has read since it was last told that everything had changed. */
    private final AtomicInteger reads = new AtomicInteger();

    /** The thread that executes one of its commands now, if it does not want to hear of that. */
    private volatile @Nullable Thread executing;

    Client(Session session, int number, TrackingOptions options, Runnable whenClosed) {
      this.session = session;
      this.number = number;
      generation = nextNumber.get(); // Entries of who had the number before do not count.
      this.options = options;
      this.whenClosed = whenClosed;
    }

    @Override
    public int number() {
      return number;
    }

    @Override
    public int generation() {
      return generation;
    }

    @Override
    public TrackingOptions options() {
      return options;
    }

    @Override
    public boolean isBroken() {
      return isBroken;
    }

    @Override
    public void willRead(ByteBuffer key) {
      while (!keys.add(this, key)) {
        largest().forgetAll();
      }
      reads.incrementAndGet();
    }

    /** First its entries end, then it is told: what it reads in between is remembered. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // Too many are as good as one.
    void forgetAll() {
      generation++;
      reads.set(0);
      everything();
    }

    /** It has read this key; returns whether it is still to be told of the next change. */
    boolean changed(ByteBuffer key) {
      if (isOwn()) {
        return true; // It may keep what it has written.
      }
      tell(key);
      return false;
    }

    private boolean isOwn() {
      return options.noLoop() && Thread.currentThread().equals(executing);
    }

    void tell(ByteBuffer key) {
      Pushes told = told();
      if (told != null) {
        told.key(key);
      }
    }

    void everything() {
      Pushes told = told();
      if (told != null) {
        told.everything();
      }
    }

    private @Nullable Pushes told() {
      long redirect = options.redirect();
      return receivers.get(redirect == TrackingOptions.NO_REDIRECT ? session.id() : redirect);
    }

    void broadcast(ByteBuffer key) {
      if (isOwn() || !mayRead(key)) {
        return;
      }
      List<ByteBuffer> prefixes = options.prefixes();
      boolean isWanted = prefixes.isEmpty();
      for (int i = 0; i < prefixes.size() && !isWanted; i++) {
        ByteBuffer prefix = prefixes.get(i);
        int length = prefix.remaining();
        isWanted = length <= key.remaining() && key.slice(key.position(), length).equals(prefix);
      }
      if (isWanted) {
        tell(key);
      }
    }

    private boolean mayRead(ByteBuffer key) {
      Rights rights = session.user().rights();
      return rights.areAll() || rights.includeReading(key);
    }

    @Override
    public void executing(boolean isExecuting) {
      if (options.noLoop()) {
        executing = isExecuting ? Thread.currentThread() : null;
      }
    }

    @Override
    public void close() {
      ended(this);
      whenClosed.run();
    }
  }

  // ---- who is told ----

  /**
   * Begins to tell a peer, or goes on in another way. On the event loop of the peer.
   *
   * @param whenEnded run once, when it is not told any more; only if this returns true
   * @return whether it was not told before
   */
  boolean start(Session session, TrackingOptions options, Runnable whenEnded) {
    receive(session);
    if (session.tracker() instanceof Client present
        && present.options.broadcasts() == options.broadcasts()) {
      present.options = options;
      present.isBroken = false;
      return false;
    }
    boolean wasTold = session.tracker() != null;
    Client client = new Client(session, numberFor(options), options, whenEnded);
    if (!options.broadcasts()) {
      byNumber.set(client.number, client);
      readers.incrementAndGet();
    }
    session.track(client);
    synchronized (this) {
      all = Stream.concat(all.stream(), Stream.of(client)).toList();
      broadcasting = broadcasting(all);
    }
    if (wasTold) {
      client.everything(); // What it has read before is remembered no more.
    }
    return true;
  }

  private static List<Client> broadcasting(List<Client> clients) {
    return clients.stream().filter(client -> client.options.broadcasts()).toList();
  }

  /** Whether one more peer can be told of what it reads. */
  boolean hasRoom() {
    return readers.get() < MAX_CLIENTS / 2;
  }

  /** A number that nobody has: at most half of them are taken. */
  private int numberFor(TrackingOptions options) {
    if (options.broadcasts()) {
      return 0;
    }
    int number;
    do {
      number = nextNumber.getAndIncrement() & (MAX_CLIENTS - 1);
    } while (byNumber.get(number) != null);
    return number;
  }

  /** From now on the connection can be told something. */
  void receive(Session session) {
    receivers.put(session.id(), session.receivePushes());
  }

  private void ended(Client client) {
    synchronized (this) {
      all = all.stream().filter(one -> !one.equals(client)).toList();
      broadcasting = broadcasting(all);
    }
    if (!client.options.broadcasts()) {
      byNumber.set(client.number, null);
      if (readers.decrementAndGet() == 0) {
        keys.clear();
      }
    }
  }

  /** A connection that could be told something has ended. */
  void closed(Session session) {
    receivers.remove(session.id());
    for (Client client : all) {
      if (client.options.redirect() == session.id()) {
        client.isBroken = true;
        requireNonNull(client.session.pushes()).brokenRedirect(session.id());
      }
    }
  }

  /** How many peers are told. */
  public int count() {
    return all.size();
  }

  /** What is taken to remember who has read what. */
  public long bytes() {
    return keys.bytes();
  }

  /** The one that has read most; there is one, since it has filled the table. */
  private Client largest() {
    return all.stream()
        .filter(client -> !client.options.broadcasts())
        .max(Comparator.comparingInt(client -> client.reads.get()))
        .orElseThrow();
  }

  // ---- what they are told ----

  @Override
  public void changed(int database, ByteBuffer key) {
    if (readers.get() > 0) {
      keys.changed(key);
    }
    List<Client> told = broadcasting;
    for (int i = 0; i < told.size(); i++) {
      told.get(i).broadcast(key);
    }
  }

  /** Whoever has done it is told, too, as in Redis. */
  @Override
  public void cleared() {
    all.forEach(Client::forgetAll);
  }

  Reply noRoom() {
    return new Reply.Failed(
        Reply.UNAVAILABLE,
        "too many clients are tracking (expected: up to " + MAX_CLIENTS / 2 + ")");
  }
}
