package io.speicher.cli;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** Serves one client: notes its requests, and answers each with the bytes that it was told. */
final class FakeServer implements AutoCloseable {
  private final ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  private final Function<String, byte[]> answers;
  private final List<String> requests = new CopyOnWriteArrayList<>();

  /** What the client begins each connection with, and is always answered well. */
  private static final String GREETING = "{\"command\":\"INF\"}\r\n";

  private FakeServer(Function<String, byte[]> answers) throws IOException {
    this.answers = answers;
    Thread thread = new Thread(this::serve, "fake-server");
    thread.setDaemon(true);
    thread.start();
  }

  /** Answers every request with a frame of this text. */
  static FakeServer answering(String json) throws IOException {
    return answering(request -> json);
  }

  static FakeServer answering(Function<String, String> json) throws IOException {
    return new FakeServer(json.andThen(FakeServer::frame));
  }

  /** Answers every request with these bytes; with none, it just keeps the connection. */
  static FakeServer sending(byte... bytes) throws IOException {
    return new FakeServer(request -> bytes);
  }

  /** Closes the connection instead of an answer. */
  static FakeServer hangingUp() throws IOException {
    return new FakeServer(request -> {
      throw new IllegalStateException("hang up");
    });
  }

  int port() {
    return listener.getLocalPort();
  }

  List<String> requests() {
    return requests;
  }

  private void serve() {
    try (Socket client = listener.accept()) {
      DataInputStream in = new DataInputStream(client.getInputStream());
      while (true) {
        byte[] payload = new byte[in.readInt()];
        in.readFully(payload);
        String request = new String(payload, StandardCharsets.UTF_8);
        if (request.equals(GREETING)) {
          client.getOutputStream().write(frame("{\"status_code\":200}"));
        } else {
          requests.add(request);
          client.getOutputStream().write(answers.apply(request));
        }
      }
    } catch (IOException | IllegalStateException e) {
      // The client has gone, or is to be left alone: either way it is over.
    }
  }

  private static byte[] frame(String json) {
    byte[] payload = json.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    try {
      DataOutputStream out = new DataOutputStream(frame);
      out.writeInt(payload.length);
      out.write(payload);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return frame.toByteArray();
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
