package io.speicher.cli.resp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.speicher.client.wire.Address;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Serves RESP to one client after the other: notes their commands, and answers each with the bytes
 * that it was told, each char one of them.
 */
public final class FakeRespServer implements AutoCloseable {
  private static final String UNKNOWN = "-ERR unknown command\r\n";

  private static final int BACKLOG = 8;

  private final ServerSocket listener;
  private final Function<String, @Nullable String> answers;
  private volatile Socket served = new Socket();
  private final List<String> commands = new CopyOnWriteArrayList<>();

  private FakeRespServer(ServerSocketFactory sockets, Function<String, @Nullable String> answers)
      throws IOException {
    listener = sockets.createServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    this.answers = answers;
    Thread thread = new Thread(this::serve, "fake-resp-server");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Answers commands, which are given in one line; an empty answer keeps the client waiting, and
   * null closes the connection.
   */
  public static FakeRespServer answering(Function<String, @Nullable String> answers)
      throws IOException {
    return new FakeRespServer(ServerSocketFactory.getDefault(), answers);
  }

  /** The same over TLS. */
  public static FakeRespServer answeringOverTls(
      SSLContext context, Function<String, @Nullable String> answers) throws IOException {
    return new FakeRespServer(context.getServerSocketFactory(), answers);
  }

  /** Knows these commands and their answers alone: one after the other. */
  public static FakeRespServer knowing(String... commandsAndAnswers) throws IOException {
    return answering(command -> {
      for (int i = 0; i < commandsAndAnswers.length; i += 2) {
        if (commandsAndAnswers[i].equals(command)) {
          return commandsAndAnswers[i + 1];
        }
      }
      return UNKNOWN;
    });
  }

  public static String bulk(String text) {
    return "$" + text.length() + "\r\n" + text + "\r\n";
  }

  public static String array(String... elements) {
    return "*" + elements.length + "\r\n" + String.join("", elements);
  }

  /** An array of bulk strings. */
  public static String bulks(String... texts) {
    StringBuilder array = new StringBuilder("*" + texts.length + "\r\n");
    for (String text : texts) {
      array.append(bulk(text));
    }
    return array.toString();
  }

  public int port() {
    return listener.getLocalPort();
  }

  public String url() {
    return "redis://127.0.0.1:" + port();
  }

  /** A connection to it, as commands have one. */
  public RespConnection connect() throws IOException {
    return RespConnection.open(new Address.Port("127.0.0.1", port()), null, Duration.ofSeconds(20));
  }

  /** Closes the connection that it serves; its client finds that out in a moment. */
  public void hangUp() throws IOException {
    served.close();
  }

  public List<String> commands() {
    return commands;
  }

  private void serve() {
    while (!listener.isClosed()) {
      try (Socket client = listener.accept()) {
        served = client;
        serve(client);
      } catch (EOFException | SSLException | SocketException e) {
        // The client has gone, or is to be left alone: the next one, please.
      } catch (IOException e) {
        return; // Closed.
      }
    }
  }

  private void serve(Socket client) throws IOException {
    RespReader reader = new RespReader(client.getInputStream());
    while (true) {
      String command = String.join(" ", reader.read().texts());
      commands.add(command);
      String answer = answers.apply(command);
      if (answer == null) {
        throw new EOFException("hang up");
      }
      client.getOutputStream().write(answer.getBytes(ISO_8859_1));
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
