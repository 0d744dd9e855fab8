package io.speicher.server.security;

import static java.util.Objects.requireNonNull;

import io.netty.util.concurrent.DefaultThreadFactory;
import io.speicher.dialect.Rights;
import io.speicher.dialect.Session;
import io.speicher.dialect.User;
import io.speicher.protocol.Command;
import io.speicher.protocol.Reply;
import io.speicher.protocol.UserInfo;
import io.speicher.protocol.UserRequest;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Those who may use a server, as it runs: they can be changed, and read from their file again. Any
 * thread may call any method; none waits.
 *
 * <p>One thread changes users, one change after the other: a password takes its time, and a file
 * may. Each change makes other {@link Users}; the connections of a user that stays share its {@link
 * User}, whose rights are replaced, and those of one that is removed are ended.
 */
public final class UserDirectory implements AutoCloseable {
  private static final Logger logger = System.getLogger(UserDirectory.class.getName());

  private static final int MAX_WAITING_CHANGES = 1_000;

  private static final String NO_FILE =
      "This server is not configured to use a file of users: start it with --users FILE";

  /** In words of RESP, which is the only dialect with such a command. */
  private static final String WRONG_RULE = "ERR Error in ACL SETUSER modifier '";

  private final @Nullable Path path;
  private final @Nullable FileWatch watch;
  private final ThreadPoolExecutor changes;
  private final boolean isOpen;
  private volatile Users users;

  /** Done when users are there that can be asked for. */
  private CompletableFuture<Void> ready = CompletableFuture.completedFuture(null);

  private volatile BiConsumer<Set<User>, @Nullable Session> whenRemoved = (removed, asking) -> {};

  private UserDirectory(
      Collection<StoredUser> users,
      @Nullable Path path,
      @Nullable FileWatch watch,
      boolean isOpen) {
    this.users = Users.of(users, Users.NONE);
    this.path = path;
    this.watch = watch;
    this.isOpen = isOpen;
    changes =
        new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MAX_WAITING_CHANGES),
            new DefaultThreadFactory("speicher-users", true));
    changes.allowCoreThreadTimeOut(true);
  }

  /** Nobody has to say who they are, and everybody may do everything. */
  public static UserDirectory open() {
    StoredUser everybody = StoredUser.withAllRights(Command.Auth.DEFAULT_USER).with("nopass");
    return new UserDirectory(List.of(everybody), null, null, true);
  }

  /** One user who may do everything, and whose password is hashed while the server starts. */
  public static UserDirectory ofPassword(String password) {
    StoredUser user = StoredUser.withAllRights(Command.Auth.DEFAULT_USER);
    UserDirectory directory = new UserDirectory(List.of(user), null, null, false);
    directory.ready =
        CompletableFuture.runAsync(
            () -> directory.publish(List.of(user.withPassword(password)), null), directory.changes);
    return directory;
  }

  /**
   * The users of a file.
   *
   * @throws IOException if it cannot be read or makes no sense, with a line for each fault
   */
  public static UserDirectory ofFile(Path path) throws IOException {
    FileWatch watch = new FileWatch(List.of(path));
    try {
      return new UserDirectory(UsersFile.read(path).users(), path, watch, false);
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /**
   * Tells what is to be done when users are removed: to end their connections, but not that of the
   * session, if there is one, which has asked for it and is to be answered first.
   */
  public void whenRemoved(BiConsumer<Set<User>, @Nullable Session> action) {
    whenRemoved = action;
  }

  // ---- who there is ----

  /** Who a peer is until it says who it is. */
  public User first() {
    return users.first();
  }

  /** Who shows a certificate with these names, or else who shows none. */
  public User ofCertificate(List<String> names) {
    Users now = users;
    Users.Entry entry = now.findByCertificate(names);
    return entry == null ? now.first() : entry.user();
  }

  /** Null if there is none of this name. */
  public @Nullable User find(String name) {
    Users.Entry entry = users.find(name);
    return entry == null ? null : entry.user();
  }

  /** Whether a user is still one. */
  public boolean has(User user) {
    return user.equals(User.NOBODY) || user.equals(find(user.name()));
  }

  /** Writes to the log that a peer has something done, if peers are told apart at all. */
  public void audit(Session peer, String command) {
    audit(peer.userName(), peer.address(), command);
  }

  /** The same of a peer that has no session. */
  public void audit(String user, @Nullable InetAddress from, String command) {
    if (!isOpen) {
      AuditLog.command(command, user, from);
    }
  }

  /** Users as they are now; a caller may have to wait for it while the server starts. */
  Users await() {
    ready.join();
    return users;
  }

  Users now() {
    return users;
  }

  // ---- requests ----

  /**
   * Does what is asked of the users, apart from {@link UserRequest.Try}.
   *
   * @param asking whose connection asks
   */
  public CompletableFuture<Reply> answer(UserRequest request, Session asking) {
    return switch (request) {
      case UserRequest.ListAll _ -> done(new Reply.Users(infos(users.all())));
      case UserRequest.Find find -> {
        Users.Entry entry = users.find(find.name());
        yield done(entry == null ? Reply.Miss.MISS : new Reply.Users(infos(List.of(entry))));
      }
      case UserRequest.Mutation mutation -> change(mutation, asking);
      case UserRequest.Try _, UserRequest.ListDenials _, UserRequest.ForgetDenials _ ->
          throw new IllegalArgumentException("not asked of the users: " + request);
    };
  }

  private static CompletableFuture<Reply> done(Reply reply) {
    return CompletableFuture.completedFuture(reply);
  }

  private static List<UserInfo> infos(Collection<Users.Entry> entries) {
    return entries.stream().map(entry -> entry.stored().info()).toList();
  }

  private CompletableFuture<Reply> change(UserRequest.Mutation mutation, Session asking) {
    String by = asking.userName();
    CompletableFuture<Reply> result = new CompletableFuture<>();
    changes.execute(() -> {
      try {
        result.complete(
            switch (mutation) {
              case UserRequest.Change change -> change(change, by, asking);
              case UserRequest.Remove remove -> remove(remove.names(), by, asking);
              case UserRequest.Load _ -> load(by, asking);
              case UserRequest.Save _ -> save(by, asking);
            });
      } catch (RuntimeException | Error e) { // The connection must not wait for ever.
        logger.log(Level.ERROR, "users not changed", e);
        result.completeExceptionally(
            new IllegalStateException("the server failed: see its log", e));
      }
    });
    return result;
  }

  private Reply change(UserRequest.Change change, String by, Session asking) {
    Users.Entry before = users.find(change.name());
    StoredUser user;
    try {
      user = before == null ? StoredUser.named(change.name()) : before.stored();
    } catch (IllegalArgumentException e) {
      boolean isKnownToRedis = change.name().chars().anyMatch(c -> c == ' ' || c == 0);
      return refused(
          isKnownToRedis
              ? "ERR Usernames can't contain spaces or null characters"
              : "ERR " + e.getMessage());
    }
    for (String rule : change.rules()) {
      try {
        user = user.with(rule);
      } catch (IllegalArgumentException e) {
        return refused(WRONG_RULE + rule + "': " + e.getMessage());
      }
    }
    List<StoredUser> all = allBut(Set.of(change.name()));
    all.add(user);
    try {
      publish(all, asking);
    } catch (IllegalArgumentException e) {
      return refused("ERR " + e.getMessage());
    }
    AuditLog.usersChanged(
        "user " + (before == null ? "added" : "changed") + " name=" + AuditLog.escaped(user.name()),
        by,
        asking.address());
    return Reply.Done.DONE;
  }

  private static Reply refused(String why) {
    return new Reply.Refused(Reply.BAD_REQUEST, why);
  }

  private Reply remove(List<String> names, String by, Session asking) {
    if (names.contains(Command.Auth.DEFAULT_USER)) {
      return refused("ERR The 'default' user cannot be removed");
    }
    List<String> removed =
        names.stream().distinct().filter(name -> users.find(name) != null).toList();
    publish(allBut(Set.copyOf(removed)), asking);
    for (String name : removed) {
      AuditLog.usersChanged("user removed name=" + AuditLog.escaped(name), by, asking.address());
    }
    return new Reply.Count(removed.size());
  }

  private List<StoredUser> allBut(Set<String> names) {
    return users.all().stream()
        .map(Users.Entry::stored)
        .filter(user -> !names.contains(user.name()))
        .collect(Collectors.toCollection(ArrayList::new));
  }

  // ---- the file ----

  public boolean hasFile() {
    return path != null;
  }

  private Reply load(String by, Session asking) {
    if (path == null) {
      return new Reply.Failed(Reply.UNAVAILABLE, NO_FILE);
    }
    try {
      read(asking);
    } catch (IllegalArgumentException e) {
      return new Reply.Failed(Reply.UNAVAILABLE, String.valueOf(e.getMessage()));
    }
    AuditLog.usersChanged("users loaded", by, asking.address());
    return Reply.Done.DONE;
  }

  private void read(@Nullable Session asking) {
    requireNonNull(watch).read();
    publish(UsersFile.read(requireNonNull(path)).users(), asking);
  }

  private Reply save(String by, Session asking) {
    if (path == null || watch == null) {
      return new Reply.Failed(Reply.UNAVAILABLE, NO_FILE);
    }
    if (!watch.areAsRead()) {
      return new Reply.Failed(
          Reply.UNAVAILABLE, "the file of users has been changed since it was read: see ACL LOAD");
    }
    try {
      UsersFile.read(path).write(users.all().stream().map(Users.Entry::stored).toList());
      watch.read();
    } catch (IOException | IllegalArgumentException e) {
      logger.log(Level.ERROR, "users not saved: " + e.getMessage());
      return new Reply.Failed(Reply.UNAVAILABLE, "users not saved: see the server's log");
    }
    AuditLog.usersChanged("users saved", by, asking.address());
    return Reply.Done.DONE;
  }

  /** Reads the file again if it has changed, and not since the last look. */
  public void reloadIfChanged() {
    if (watch != null && watch.haveChanged()) {
      reload();
    }
  }

  /** Reads the file again. If it makes no sense, that is logged and the users before stay. */
  public void reload() {
    if (path != null) {
      changes.execute(() -> {
        try {
          read(null);
          AuditLog.usersReloaded(users.all().size());
        } catch (IllegalArgumentException e) {
          logger.log(Level.ERROR, "users not reloaded, those before stay: " + e.getMessage());
        }
      });
    }
  }

  // ---- making them known ----

  /** On the thread that changes users. */
  private void publish(Collection<StoredUser> stored, @Nullable Session asking) {
    Users before = users;
    Users after = Users.of(stored, before);
    users = after;
    for (Users.Entry entry : after.all()) {
      if (!entry.equals(before.find(entry.stored().name()))) {
        entry.user().rights(entry.stored().rights());
      }
    }
    Set<User> removed =
        before.all().stream()
            .filter(entry -> after.find(entry.stored().name()) == null)
            .map(Users.Entry::user)
            .collect(Collectors.toSet());
    if (!removed.isEmpty()) {
      removed.forEach(user -> user.rights(Rights.NONE));
      whenRemoved.accept(removed, asking);
    }
  }

  /** Ends its thread; who still waits is not told. */
  @Override
  public void close() {
    changes.shutdownNow();
  }
}
