package io.speicher.server.security;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tells when files that belong together have been replaced, as far as the file system tells. One
 * thread at a time.
 */
final class FileWatch {
  /** What tells that a file is another one. */
  private record Version(FileTime changed, long bytes, @Nullable Object file) {}

  private final List<Path> files;

  /** What the files were like when they were read, and when they were looked at last. */
  private List<Optional<Version>> read;

  private List<Optional<Version>> seen;

  /** The files are about to be read for the first time. */
  FileWatch(List<Path> files) {
    this.files = List.copyOf(files);
    read = versions();
    seen = read;
  }

  /**
   * Whether they are others than those that were read, and the same as at the last look: whoever
   * replaces several files is given time to do so.
   */
  boolean haveChanged() {
    List<Optional<Version>> now = versions();
    boolean isSettled = now.equals(seen);
    seen = now;
    return isSettled && !now.equals(read);
  }

  /** Whether they are those that were read. */
  boolean areAsRead() {
    return versions().equals(read);
  }

  /** The files are about to be read, whatever is in them, or are as they have just been written. */
  void read() {
    read = versions();
  }

  private List<Optional<Version>> versions() {
    List<Optional<Version>> versions = new ArrayList<>();
    for (Path file : files) {
      try {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        versions.add(
            Optional.of(
                new Version(
                    attributes.lastModifiedTime(), attributes.size(), attributes.fileKey())));
      } catch (IOException e) {
        versions.add(Optional.empty()); // Reading it tells why.
      }
    }
    return versions;
  }
}
