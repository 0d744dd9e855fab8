package io.speicher.cli;

import java.util.concurrent.Callable;

/** A service that is none of {@code speicher}'s commands. */
public final class NoCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    throw new AssertionError("nobody asked for it");
  }
}
