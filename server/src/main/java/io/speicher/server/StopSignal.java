package io.speicher.server;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * SIGTERM or SIGINT, whichever comes first, or a client's wish; a signal after that ends the
 * process on the spot.
 *
 * <p>SIGHUP has files read again, if there are some; by default it would end the process, with all
 * items.
 *
 * <p>A shutdown hook would be the public way, but with one the process ends with the signal's
 * status and not with 0, and a second signal is not heard. {@code sun.misc.Signal}, which JEP 260
 * keeps for want of another, hears both; it is called by reflection because the compiler warns of
 * it in a way that nothing in a source file can suppress.
 */
final class StopSignal {
  private static final Logger logger = System.getLogger(StopSignal.class.getName());

  /**
   * The status of a process that a signal has ended, by convention: 128 and the signal's number.
   */
  private static final int ENDED_BY_SIGNAL = 128 + 15;

  private final AtomicBoolean heard = new AtomicBoolean();
  private final CountDownLatch stop = new CountDownLatch(1);

  /** What SIGHUP is for; null until something wants it. */
  private volatile @Nullable Runnable hangUp;

  /** From here on the signals are this object's. */
  StopSignal() throws ReflectiveOperationException {
    Class<?> signal = Class.forName("sun.misc.Signal");
    Class<?> handler = Class.forName("sun.misc.SignalHandler");
    for (String name : List.of("TERM", "INT", "HUP")) {
      Runnable reaction = name.equals("HUP") ? this::hangUp : this::hear;
      Object hearer =
          Proxy.newProxyInstance(
              getClass().getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> {
                reaction.run();
                return null;
              });
      Object named = signal.getConstructor(String.class).newInstance(name);
      signal.getMethod("handle", signal, handler).invoke(null, named, hearer);
    }
  }

  /** Runs something on SIGHUP, on a thread of the signal. */
  void onHangUp(Runnable action) {
    hangUp = action;
  }

  /** The terminal that started the server is gone, or somebody wants it to read its files again. */
  private void hangUp() {
    Runnable action = hangUp;
    if (action == null) {
      logger.log(Level.INFO, "SIGHUP is ignored: settings are read at the start alone");
    } else {
      action.run();
    }
  }

  void await() throws InterruptedException {
    stop.await();
  }

  /** Stops as if a signal had come, whoever wants it. */
  void stop() {
    heard.set(true);
    stop.countDown();
  }

  private void hear() {
    if (!heard.compareAndSet(false, true)) {
      Runtime.getRuntime().halt(ENDED_BY_SIGNAL);
    }
    stop.countDown();
  }
}
