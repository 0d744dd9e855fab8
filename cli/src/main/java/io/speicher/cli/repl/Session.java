package io.speicher.cli.repl;

import io.speicher.cli.resp.RespConnection;
import io.speicher.cli.resp.RespReply;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * The connection of a shell, and what the server remembers of it: it is made anew where it was
 * lost, with the same database and protocol. A transaction does not survive that.
 */
final class Session implements AutoCloseable {

  /** The connection was lost, and a transaction with it; the next command makes another one. */
  static final class TransactionLostException extends IOException {
    private static final long serialVersionUID = 1;

    TransactionLostException() {
      super(
          "the connection was lost, and the transaction with it: nothing of it was executed, nor"
              + " was this command");
    }
  }

  /** Makes a connection, logged in. */
  interface Connector {
    RespConnection connect() throws IOException;
  }

  private final Connector connector;
  private final Duration timeout;
  private RespConnection connection;
  private boolean isLost;
  private int database;
  private int protocol = 2;
  private boolean isInTransaction;

  /**
   * Takes a connection over.
   *
   * @param timeout for each answer; zero waits for as long as it takes
   */
  Session(RespConnection connection, Connector connector, Duration timeout) {
    this.connection = connection;
    this.connector = connector;
    this.timeout = timeout;
    connection.timeout(timeout);
  }

  /**
   * Sends a command and waits for its reply. A connection that was lost since the last command is
   * made anew before. No command is sent twice.
   *
   * @throws TransactionLostException if a transaction was lost with the connection: the command is
   *     not sent, as it would be executed at once
   */
  RespReply call(List<ByteBuffer> words) throws IOException {
    if (isLost) {
      reconnect();
    } else if (connection.awaitInput(Duration.ZERO)) {
      awaitEnd();
    }
    try {
      RespReply reply = connection.call(words);
      remember(words, reply);
      return reply;
    } catch (IOException e) {
      isLost = true;
      isInTransaction = false;
      throw e;
    }
  }

  /** What comes although nothing was asked is a message of RESP3, or the end. */
  private void awaitEnd() throws IOException {
    try {
      while (connection.awaitInput(Duration.ZERO)) {
        connection.receive();
      }
    } catch (EOFException e) {
      reconnect();
    }
  }

  private void reconnect() throws IOException {
    boolean wasInTransaction = isInTransaction;
    abandon();
    if (wasInTransaction) {
      throw new TransactionLostException();
    }
    connection = connector.connect();
    connection.timeout(timeout);
    isLost = false;
    if (protocol != 2) {
      connection.ask("HELLO", Integer.toString(protocol));
    }
    if (database != 0) {
      connection.ask("SELECT", Integer.toString(database));
    }
  }

  private void remember(List<ByteBuffer> words, RespReply reply) {
    String command = word(words, 0);
    if (reply.isError()) {
      isInTransaction &= !command.equals("EXEC"); // It has ended, and nothing was done.
      return;
    }
    switch (command) {
      case "MULTI" -> isInTransaction = true;
      case "EXEC", "DISCARD" -> isInTransaction = false;
      case "RESET" -> {
        isInTransaction = false;
        database = 0;
        protocol = 2;
      }
      case "SELECT" -> database = isInTransaction ? database : number(word(words, 1), database);
      case "HELLO" -> protocol = number(word(words, 1), protocol);
      default -> {}
    }
  }

  private static int number(String word, int otherwise) {
    return word.matches("\\d{1,5}") ? Integer.parseInt(word) : otherwise;
  }

  /** A word in upper case, or the empty one. */
  static String word(List<ByteBuffer> words, int index) {
    return index < words.size()
        ? StandardCharsets.ISO_8859_1
            .decode(words.get(index).duplicate())
            .toString()
            .toUpperCase(Locale.ROOT)
        : "";
  }

  /** The connection as it is, for what follows a command by itself. */
  RespConnection connection() {
    return connection;
  }

  /** Lets the connection go; the next command makes a new one. */
  void abandon() {
    connection.close();
    isLost = true;
    isInTransaction = false;
  }

  boolean isInTransaction() {
    return isInTransaction;
  }

  boolean isLost() {
    return isLost;
  }

  /** The database, if it is not the first, and whether there is a transaction: for the prompt. */
  String state() {
    return (database == 0 ? "" : "[" + database + "]") + (isInTransaction ? "(TX)" : "");
  }

  /** What a server has to say of its commands, or nothing if it does not want to. */
  CommandDocs docs() throws IOException {
    return CommandDocs.read(connection);
  }

  @Override
  public void close() {
    connection.close();
  }
}
