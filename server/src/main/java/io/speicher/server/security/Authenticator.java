package io.speicher.server.security;

import io.netty.util.concurrent.DefaultThreadFactory;
import io.speicher.dialect.User;
import io.speicher.protocol.Command;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Says who peers are. Any thread may call any method; none waits.
 *
 * <p>Passwords are hashed on a thread of its own, one after the other. Who says the same again
 * within a minute is recognized at once, so that many clients that connect anew are no work; an
 * address from which wrong passwords come waits longer and longer before another one is looked at.
 */
public final class Authenticator implements AutoCloseable {
  private static final System.Logger logger = System.getLogger(Authenticator.class.getName());

  private final UserDirectory directory;
  private final ThreadPoolExecutor hashing;
  private final VerifiedPairs verified;
  private final WrongTries wrongTries;

  /** What is hashed in place of a password of a user that does not exist. */
  private volatile @Nullable PasswordHash decoy;

  /**
   * @param maxWaiting how many passwords may wait to be hashed
   */
  public Authenticator(UserDirectory directory, int maxWaiting) {
    this.directory = directory;
    verified = new VerifiedPairs(System::nanoTime);
    wrongTries = new WrongTries(System::nanoTime);
    hashing =
        new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(maxWaiting),
            new DefaultThreadFactory("speicher-password", true));
    hashing.allowCoreThreadTimeOut(true);
  }

  /**
   * Finds who has this name and this password. Empty if nobody has; fails if too many are asked for
   * at a time, with a message for the peer. Whoever cancels it wants to know it no more.
   *
   * @param password copied before this returns
   * @param from null for a peer on this machine
   */
  public CompletableFuture<Optional<User>> verify(
      String name, ByteBuffer password, @Nullable InetAddress from) {
    Users.Entry entry = find(directory.now(), name);
    if (entry != null && entry.stored().takesAnyPassword()) {
      return CompletableFuture.completedFuture(Optional.of(entry.user()));
    }
    String text = text(password);
    if (text == null) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    byte[] hash = verified.hash(text);
    if (entry != null && isKnown(entry, name, hash)) {
      return CompletableFuture.completedFuture(Optional.of(entry.user()));
    }
    long delayNanos = wrongTries.delayNanos(from);
    if (delayNanos > WrongTries.MAX_DELAY_NANOS) {
      return CompletableFuture.failedFuture(
          new RejectedExecutionException(
              "too many wrong passwords from this address; try again later"));
    }
    CompletableFuture<Optional<User>> result = new CompletableFuture<>();
    Runnable task = () -> verify(name, text, hash, from, result);
    Executor executor =
        delayNanos == 0
            ? hashing
            : CompletableFuture.delayedExecutor(
                delayNanos, TimeUnit.NANOSECONDS, later -> begin(later, hashing, result));
    begin(task, executor, result);
    return result;
  }

  private static void begin(
      Runnable task, Executor executor, CompletableFuture<Optional<User>> result) {
    try {
      executor.execute(task);
    } catch (RejectedExecutionException e) {
      result.completeExceptionally(
          new RejectedExecutionException(
              "too many passwords wait to be checked; try again later", e));
    }
  }

  private void verify(
      String name,
      String password,
      byte[] hash,
      @Nullable InetAddress from,
      CompletableFuture<Optional<User>> result) {
    if (result.isDone()) {
      return; // The connection has ended.
    }
    try {
      Users.Entry entry = find(directory.await(), name);
      if (entry != null && isKnown(entry, name, hash)) {
        result.complete(Optional.of(entry.user())); // One before it has said the same.
      } else if (matches(entry, password) && entry != null) {
        verified.add(name, hash, entry);
        wrongTries.forget(from);
        result.complete(Optional.of(entry.user()));
      } else {
        AuditLog.loginFailed(from, wrongTries.add(from));
        result.complete(Optional.empty());
      }
    } catch (RuntimeException | Error e) { // The connection must not wait for ever.
      logger.log(System.Logger.Level.ERROR, "password not checked", e);
      result.completeExceptionally(new IllegalStateException("the server failed: see its log", e));
    }
  }

  /** Null if there is no such user who may say a password. */
  private static Users.@Nullable Entry find(Users users, String name) {
    Users.Entry entry = users.find(name);
    return entry != null && entry.stored().enabled() ? entry : null;
  }

  /** Whether that was the password of this user lately, who has not been changed since. */
  private boolean isKnown(Users.Entry entry, String name, byte[] hash) {
    return entry.equals(verified.find(name, hash));
  }

  /** Takes at least as long as a slow hash if it is wrong, whoever it is about. */
  private boolean matches(Users.@Nullable Entry entry, String password) {
    boolean wasSlow = false;
    if (entry != null) {
      for (PasswordHash expected : entry.stored().passwords()) {
        if (expected.matches(password)) {
          return true;
        }
        wasSlow |= expected.isSlow();
      }
    }
    if (!wasSlow) {
      hashForNothing(password);
    }
    return false;
  }

  /** Who asks shall not learn from the time which users there are. */
  private void hashForNothing(String password) {
    PasswordHash same = decoy;
    if (same == null) {
      decoy = PasswordHash.of(password);
    } else {
      same.matches(password);
    }
  }

  /** A password is text of a length that can be one; else null. */
  private static @Nullable String text(ByteBuffer password) {
    int length = password.remaining();
    if (length == 0 || length > Command.Auth.MAX_PASSWORD_BYTES) {
      return null;
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(password.duplicate()).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  /** Ends its thread; who still waits is not told. */
  @Override
  public void close() {
    hashing.shutdownNow();
  }
}
