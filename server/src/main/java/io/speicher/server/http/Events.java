package io.speicher.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.speicher.dialect.User;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;

/**
 * Server-sent events (HTML standard, section 9.2), which all listeners get as they are sent. Any
 * thread may call any method; none waits.
 *
 * <p>The bytes of an event are made once, whatever the number of listeners. A listener that has not
 * taken one event when the next one is sent misses the next one, so that it never holds more than
 * one; and {@link HttpConnection} closes it if it takes none for a while.
 */
public final class Events {
  /** At a time; the other HTTP connections are for those who ask for pages. */
  public static final int MAX_LISTENERS = 64;

  static final String TYPE = "text/event-stream";

  /** How soon a browser that has lost its connection tries again. */
  private static final String GREETING = "retry: 1000\n\n";

  /** One connection of a peer. */
  interface Listener {
    /** Sends an event, whose bytes nobody changes, or leaves it out. */
    void send(ByteBuffer event);

    /** Ends the connection: its user is none any more, or may not listen. */
    void end();
  }

  private final Predicate<User> mayListen;
  private final Map<Listener, User> listeners = new ConcurrentHashMap<>();
  private final Semaphore free = new Semaphore(MAX_LISTENERS);

  /**
   * @param mayListen is asked for each event, since rights change
   */
  public Events(Predicate<User> mayListen) {
    this.mayListen = mayListen;
  }

  /** Adds a listener, or returns false if there are too many. */
  boolean add(Listener listener, User user) {
    if (!free.tryAcquire()) {
      return false;
    }
    listeners.put(listener, user);
    listener.send(ByteBuffer.wrap(GREETING.getBytes(UTF_8)));
    return true;
  }

  void remove(Listener listener) {
    if (listeners.remove(listener) != null) {
      free.release();
    }
  }

  /** How many there are. */
  public int listeners() {
    return listeners.size();
  }

  /**
   * Sends an event to all listeners.
   *
   * @param name which type of event it is
   * @param line without line breaks, in UTF-8
   */
  public void send(String name, byte[] line) {
    ByteArrayOutputStream event = new ByteArrayOutputStream(line.length + 64);
    event.writeBytes(("event: " + name + "\ndata: ").getBytes(UTF_8));
    event.writeBytes(line);
    event.writeBytes("\n\n".getBytes(UTF_8));
    ByteBuffer bytes = ByteBuffer.wrap(event.toByteArray()).asReadOnlyBuffer();
    listeners.forEach((listener, user) -> {
      if (mayListen.test(user)) {
        listener.send(bytes);
      } else {
        listener.end();
      }
    });
  }
}
