package io.speicher.server;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a server does now and then, in the order in which it was added. A duty that fails, by an
 * {@code Error} even, is logged once until it succeeds again; the next one is done all the same,
 * and so is every one the next time.
 *
 * <p>One thread at a time.
 */
final class Duties implements Runnable {
  private static final Logger logger = System.getLogger(Duties.class.getName());

  private static final class Duty {
    private final String name;
    private final Runnable work;
    private boolean fails;

    Duty(String name, Runnable work) {
      this.name = name;
      this.work = work;
    }
  }

  private final List<Duty> duties = new ArrayList<>();

  /** Adds a duty, which should take a few milliseconds at most. */
  Duties add(String name, Runnable work) {
    duties.add(new Duty(name, work));
    return this;
  }

  @Override
  public void run() {
    duties.forEach(Duties::run);
  }

  @SuppressWarnings("CatchingUnchecked") // An executor would cancel what throws anything.
  private static void run(Duty duty) {
    try {
      duty.work.run();
      if (duty.fails) {
        duty.fails = false;
        log(Level.INFO, "maintenance works again: duty=" + duty.name, null);
      }
    } catch (Throwable e) {
      if (!duty.fails) {
        duty.fails = true;
        log(Level.ERROR, "maintenance failed and will be tried again: duty=" + duty.name, e);
      }
    }
  }

  /** Where memory is short, not even this may work. */
  private static void log(Level level, String message, @Nullable Throwable cause) {
    try {
      logger.log(level, message, cause);
    } catch (OutOfMemoryError e) {
      // The duty is what counts.
    }
  }
}
