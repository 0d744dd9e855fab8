package io.speicher.dialect;

import io.speicher.protocol.Command;
import io.speicher.protocol.Command.View;
import java.net.InetAddress;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the server knows about the peer of a connection, whatever dialect it speaks: it belongs to
 * the connection. Few peers say anything of themselves, so it is small until they do.
 *
 * <p>Its event loop writes; other threads that read it see what was a moment ago.
 */
public final class Session {
  private static final AtomicLong lastId = new AtomicLong();

  /** Which commands of RESP are answered. */
  public enum Replies {
    ON,
    OFF,
    /** The next one is not. */
    SKIP,
    /** The one after that which says so is not. */
    SKIP_NEXT
  }

  /** What is to be done once a command has been answered. */
  public enum After {
    GO_ON,
    /** The connection ends. */
    FINISH,
    /** Nothing is executed for {@link #pauseMillis}. */
    PAUSE,
    /** It is told what the server executes. */
    MONITOR
  }

  /** Whether the peer has said of its next command whether it keeps what that reads. */
  public enum Caching {
    UNSAID,
    /** It has said so in this command. */
    NEXT,
    /** It has said so of this one, or of the transaction that this one is a part of. */
    THIS
  }

  /** How the peer calls itself. Few do, so that the others share one. */
  public record Names(String name, String library, String libraryVersion) {
    static final Names NONE = new Names("", "", "");
  }

  private final long id = lastId.incrementAndGet();
  private final Share share;
  private Supplier<User> firstUser;
  private User user;
  private @Nullable InetAddress address;

  private volatile Names names = Names.NONE;
  private CommandName command = CommandName.NONE;
  private CommandName executed = CommandName.NONE;

  private int database;
  private boolean resp3;
  private boolean touches = true;
  private boolean monitors;
  private Replies replies = Replies.ON;

  private @Nullable QueuedCommands queued;
  private @Nullable WatchedKeys watched;
  private @Nullable CommandMemory commandMemory;

  private @Nullable Tracker tracker;
  private @Nullable Pushes pushes;
  private boolean subscribed;
  private Caching caching = Caching.UNSAID;

  private After after = After.GO_ON;
  private long pauseMillis;

  /** Of a peer that may do everything. */
  public Session(Share share) {
    this(share, User.everybody());
  }

  /**
   * @param firstUser who the peer is until it says who it is
   */
  public Session(Share share, Supplier<User> firstUser) {
    this.share = share;
    this.firstUser = firstUser;
    user = firstUser.get();
  }

  /** Tells apart the connections that this process has had. */
  public long id() {
    return id;
  }

  /** What its connection holds of the memory for all connections. */
  public Share share() {
    return share;
  }

  // ---- who it is ----

  /** Who the peer is. */
  public User user() {
    return user;
  }

  public void user(User newUser) {
    user = newUser;
  }

  /** The peer has shown who it is without a word, and needs not say it. */
  public void firstUser(Supplier<User> newFirstUser) {
    firstUser = newFirstUser;
    user = newFirstUser.get();
  }

  /** Who the peer would be if it had said nothing so far. */
  public User firstUser() {
    return firstUser.get();
  }

  /** Whether the peer has to say who it is before it may do anything. */
  public boolean needsAuthentication() {
    return User.NOBODY.equals(user);
  }

  /** What others are told of it. */
  public String userName() {
    return needsAuthentication() ? Command.Auth.DEFAULT_USER : user.name();
  }

  /** Where the peer is, or null if it is on this machine, or not known yet. */
  public @Nullable InetAddress address() {
    return address;
  }

  public void address(InetAddress newAddress) {
    address = newAddress;
  }

  // ---- what others are told ----

  public Names names() {
    return names;
  }

  public void name(String name) {
    names = new Names(name, names.library, names.libraryVersion);
  }

  public void library(String library) {
    names = new Names(names.name, library, names.libraryVersion);
  }

  public void libraryVersion(String version) {
    names = new Names(names.name, names.library, version);
  }

  /** The last command. */
  public CommandName command() {
    return command;
  }

  /** A command was received, and is executed now. */
  public void command(CommandName name) {
    command = name;
    executed = name;
  }

  /**
   * What is executed now, if that is not {@link #command}: a command of a transaction whose end was
   * received, or {@link CommandName#NONE} if what was received waits for that.
   */
  public CommandName executed() {
    return executed;
  }

  public void executed(CommandName name) {
    executed = name;
  }

  // ---- what was agreed on ----

  /** The database that commands are about. */
  public int database() {
    return database;
  }

  public void database(int number) {
    database = number;
  }

  public boolean speaksResp3() {
    return resp3;
  }

  public void speakResp3(boolean newResp3) {
    resp3 = newResp3;
  }

  /** What a plain read asks for: whether it counts as a use of the item. */
  public View readingView() {
    return touches ? View.VALUE : View.GLANCE;
  }

  /** Whether the peer's reads count as uses of items. */
  public boolean touches() {
    return touches;
  }

  public void touches(boolean newTouches) {
    touches = newTouches;
  }

  public Replies replies() {
    return replies;
  }

  public void replies(Replies newReplies) {
    replies = newReplies;
  }

  /** A command is answered, or not: the next one is meant from now on. */
  public void commandAnswered() {
    replies =
        switch (replies) {
          case ON, SKIP -> Replies.ON;
          case SKIP_NEXT -> Replies.SKIP;
          case OFF -> Replies.OFF;
        };
    if (caching == Caching.NEXT) {
      caching = Caching.THIS;
    } else if (queued == null) {
      caching = Caching.UNSAID;
    }
  }

  // ---- what the peer keeps of what it reads ----

  /** What remembers that, or null if the peer need not be told of changes. */
  public @Nullable Tracker tracker() {
    return tracker;
  }

  public void track(Tracker newTracker) {
    stopTracking();
    tracker = newTracker;
  }

  public void stopTracking() {
    if (tracker != null) {
      tracker.close();
      tracker = null;
    }
  }

  /** What the connection has to be told, or null if it is never told anything. */
  public @Nullable Pushes pushes() {
    return pushes;
  }

  /** The same, to be told from now on. */
  public Pushes receivePushes() {
    if (pushes == null) {
      pushes = new Pushes(share.another());
    }
    return pushes;
  }

  /** Whether the peer waits for messages on the channel of invalidations. */
  public boolean isSubscribed() {
    return subscribed;
  }

  public void subscribed(boolean newSubscribed) {
    subscribed = newSubscribed;
  }

  /** The peer says of its next command that it keeps what that reads, or that it does not. */
  public void cachingSaid() {
    caching = Caching.NEXT;
  }

  /** Whether the peer has said of this command, or of its next one, what it keeps. */
  public Caching caching() {
    return caching;
  }

  /** Whether a command means what it says and is answered, with nothing else to be thought of. */
  public boolean isOrdinary() {
    return queued == null && replies == Replies.ON && !subscribed;
  }

  /** Forgets what was agreed on and what waits, but not what is watched. */
  public void reset() {
    user = firstUser.get();
    database = 0;
    resp3 = false;
    touches = true;
    monitors = false;
    replies = Replies.ON;
    caching = Caching.UNSAID;
    subscribed = false;
    stopTracking();
    names = new Names("", names.library, names.libraryVersion);
    dropQueued();
  }

  // ---- what waits ----

  /** The transaction that commands are queued for, or null. */
  public @Nullable QueuedCommands queued() {
    return queued;
  }

  public void queue(QueuedCommands newQueued) {
    queued = newQueued;
  }

  public void dropQueued() {
    if (queued != null) {
      queued.close();
      queued = null;
    }
  }

  /** The keys that are watched, or null if there are none. */
  public @Nullable WatchedKeys watched() {
    return watched;
  }

  /** The keys that are watched, to add to them. */
  public WatchedKeys watch() {
    if (watched == null) {
      watched = new WatchedKeys(share);
    }
    return watched;
  }

  public void unwatch() {
    if (watched != null) {
      watched.close();
      watched = null;
    }
  }

  // ---- what the present command needs ----

  /** What the command that is decoded next may need until {@link #endCommand}. */
  public CommandMemory commandMemory() {
    if (commandMemory == null) {
      commandMemory = new CommandMemory(share);
    }
    return commandMemory;
  }

  /** Gives back what the last command needed: it has been answered, or will not be. */
  public void endCommand() {
    if (commandMemory != null) {
      commandMemory.close();
      commandMemory = null;
    }
  }

  // ---- what the last command wants of the connection ----

  public void finish() {
    after = After.FINISH;
  }

  /** The peer wants to be told what the server executes, until it is {@link #reset}. */
  public void monitor() {
    after = After.MONITOR;
    monitors = true;
  }

  public boolean monitors() {
    return monitors;
  }

  public void pause(long millis) {
    after = After.PAUSE;
    pauseMillis = millis;
  }

  /** Whether the next command may be executed at once. */
  public boolean mayGoOn() {
    return after == After.GO_ON;
  }

  /** What is to be done now; it is told once. */
  public After takeAfter() {
    After taken = after;
    after = After.GO_ON;
    return taken;
  }

  public long pauseMillis() {
    return pauseMillis;
  }

  /** Gives its memory back, when the connection has ended. */
  public void close() {
    endCommand();
    dropQueued();
    unwatch();
    stopTracking();
    if (pushes != null) {
      pushes.close();
    }
  }
}
