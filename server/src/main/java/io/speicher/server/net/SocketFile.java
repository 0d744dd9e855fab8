package io.speicher.server.net;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The file by which programs on this machine find a Unix domain socket. Its permissions say who may
 * connect: a program needs the one to write.
 *
 * <p>A server claims the path before it binds, restricts the file before it listens, and removes it
 * when it stops. None of this is for an event loop to do but {@link #restrict}.
 */
public final class SocketFile {
  /** The kernel has 108 bytes for it, the last of which is zero: unix(7). */
  private static final int MAX_PATH_BYTES = 107;

  private final Path path;
  private final int mode;

  /** What tells this file from another one that took its path; null until it is bound. */
  private volatile @Nullable Object identity;

  /**
   * @param mode the permissions, as chmod(1) reads them: three octal digits
   */
  public SocketFile(Path path, int mode) {
    this.path = path.toAbsolutePath();
    this.mode = mode;
  }

  public Path path() {
    return path;
  }

  /**
   * Makes sure that a socket can be bound here: what a server left behind that was killed is
   * removed.
   *
   * @throws IOException if somebody listens here, or the file is none of a socket; it stays
   */
  void claim() throws IOException {
    int bytes = path.toString().getBytes(UTF_8).length;
    if (bytes > MAX_PATH_BYTES) {
      throw new IOException(
          "path of the socket too long: socket=%s pathBytes=%d (expected: 1..%d)"
              .formatted(path, bytes, MAX_PATH_BYTES));
    }
    BasicFileAttributes found;
    try {
      found = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      return;
    }
    if (!found.isOther()) {
      throw new IOException(
          cannotListen("a file that is no socket has this name; remove it, or choose another"));
    }
    try (SocketChannel other = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      other.connect(UnixDomainSocketAddress.of(path));
    } catch (ConnectException e) {
      Files.delete(path); // Nobody listens.
      return;
    }
    throw new IOException(
        cannotListen("a server listens there; stop it, or choose another --socket"));
  }

  /** Sets the permissions, as soon as the socket is bound. */
  void restrict() throws IOException {
    Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    PosixFilePermission[] all = PosixFilePermission.values(); // From the owner's to the others'.
    for (int i = 0; i < all.length; i++) {
      if ((mode >> (all.length - 1 - i) & 1) != 0) {
        permissions.add(all[i]);
      }
    }
    Files.setPosixFilePermissions(path, permissions);
    identity = fileKey();
  }

  /** Removes the file, unless it is another server's by now. */
  void remove() {
    Object bound = identity;
    try {
      if (bound != null && bound.equals(fileKey())) {
        Files.delete(path);
      }
    } catch (IOException e) {
      // It is gone already, or stays where the next server finds that nobody listens.
    }
  }

  private Object fileKey() throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .fileKey();
  }

  String cannotListen(String reason) {
    return "cannot listen on " + path + ": " + reason;
  }
}
