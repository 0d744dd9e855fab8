package io.speicher.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Finds the replies of memcached's text protocol to get, set and delete. */
final class MemcachedScanner extends ReplyScanner {
  private static final int LONGEST_LINE = 2_048;
  private static final long LONGEST_VALUE = 1L << 30;
  private static final byte[] STORED = "STORED\r".getBytes(ISO_8859_1);
  private static final byte[] DELETED = "DELETED\r".getBytes(ISO_8859_1);
  private static final byte[] NOT_FOUND = "NOT_FOUND\r".getBytes(ISO_8859_1);
  private static final byte[] NO_VALUE = "END\r".getBytes(ISO_8859_1);
  private static final byte[] END = "END\r\n".getBytes(ISO_8859_1);

  /** What the next byte is. */
  private enum State {
    START,
    LINE,
    /** A byte of what is known: the word VALUE, the key, a space. */
    VALUE_HEAD,
    FLAGS,
    LENGTH,
    LENGTH_LINE_FEED,
    VALUE,
    VALUE_RETURN,
    VALUE_LINE_FEED,
    END_LINE
  }

  private final boolean verify;
  private final int valueHeadBytes;
  private final ByteCollector collected = new ByteCollector();
  private State state = State.START;

  /** What is still to come of a head or a value, or the value's length as far as it was read. */
  private long count;

  private int matched;

  /** Makes one for keys with this prefix. */
  MemcachedScanner(ReplySink sink, boolean verify, String keyPrefix) {
    super(sink);
    this.verify = verify;
    valueHeadBytes = MemcachedRequests.valueHeadBytes(keyPrefix);
  }

  @Override
  void scan(ByteBuffer in) throws MalformedReplyException, WrongValueException {
    int offset = in.position();
    int limit = in.limit();
    while (offset < limit) {
      switch (state) {
        case VALUE_HEAD -> offset = passOver(limit, offset, State.FLAGS);
        case VALUE -> {
          int start = offset;
          offset = passOver(limit, offset, State.VALUE_RETURN);
          if (verify) {
            collected.add(in, start, offset - start);
          }
        }
        default -> next(in.get(offset++));
      }
    }
    in.position(limit);
  }

  /** Passes over as many of {@code count} bytes as there are. */
  private int passOver(int limit, int offset, State then) {
    int there = (int) Math.min(count, limit - offset);
    count -= there;
    if (count == 0) {
      state = then;
    }
    return offset + there;
  }

  private void next(int octet) throws MalformedReplyException, WrongValueException {
    switch (state) {
      case START -> start(octet);
      case LINE -> line(octet);
      case FLAGS -> flags(octet);
      case LENGTH -> length(octet);
      case LENGTH_LINE_FEED -> {
        expect(octet, '\n', "the head of a value");
        lengthEnded();
      }
      case VALUE_RETURN -> {
        expect(octet, '\r', "a value, whose length is wrong");
        state = State.VALUE_LINE_FEED;
      }
      case VALUE_LINE_FEED -> {
        expect(octet, '\n', "a value, whose length is wrong");
        matched = 0;
        state = State.END_LINE;
      }
      case END_LINE -> end(octet);
      case VALUE_HEAD, VALUE -> throw new AssertionError("these are passed over as a whole");
    }
  }

  private void start(int octet) throws MalformedReplyException {
    if (sink.expected() == Operation.GET && octet == 'V') {
      count = valueHeadBytes - 1L;
      state = State.VALUE_HEAD;
    } else {
      collected.clear();
      state = State.LINE;
      line(octet);
    }
  }

  private void line(int octet) throws MalformedReplyException {
    if (octet == '\n') {
      state = State.START;
      lineEnded();
    } else if (collected.length() == LONGEST_LINE) {
      throw new MalformedReplyException("a line does not end within " + LONGEST_LINE + " bytes");
    } else {
      collected.add(octet);
    }
  }

  private void lineEnded() throws MalformedReplyException {
    Operation operation = sink.expected();
    switch (operation) {
      case GET -> lineEnded(operation, null, NO_VALUE);
      case SET -> lineEnded(operation, STORED, null);
      case DELETE -> lineEnded(operation, DELETED, NOT_FOUND);
    }
  }

  private void lineEnded(Operation operation, byte @Nullable [] done, byte @Nullable [] miss)
      throws MalformedReplyException {
    if (done != null && collected.isLine(done)) {
      sink.replied(Outcome.DONE);
    } else if (miss != null && collected.isLine(miss)) {
      sink.replied(Outcome.MISS);
    } else {
      error(operation, collected.text().stripTrailing());
    }
  }

  private void error(Operation operation, String line) throws MalformedReplyException {
    String word = firstWord(line);
    switch (word) {
      case "ERROR", "CLIENT_ERROR", "SERVER_ERROR", "NOT_STORED" -> sink.failed(word, line);
      default ->
          throw new MalformedReplyException(
              "a reply to %s is a line of %d bytes that begins with %s"
                  .formatted(
                      operation.label(),
                      line.length(),
                      line.isEmpty() ? "nothing" : MalformedReplyException.show(line.charAt(0))));
    }
  }

  private void flags(int octet) throws MalformedReplyException {
    if (octet == ' ') {
      count = 0;
      matched = 0;
      state = State.LENGTH;
    } else if (octet < '0' || octet > '9') {
      throw new MalformedReplyException(
          "%s in the flags of a value (expected: digits); is its key another one?"
              .formatted(MalformedReplyException.show(octet)));
    }
  }

  private void length(int octet) throws MalformedReplyException {
    if (octet >= '0' && octet <= '9' && count <= LONGEST_VALUE) {
      count = count * 10 + octet - '0';
      matched++;
    } else if (octet == '\r' && matched > 0 && count <= LONGEST_VALUE) {
      state = State.LENGTH_LINE_FEED;
    } else {
      throw new MalformedReplyException(
          "%s in the length of a value (expected: a number up to %d)"
              .formatted(MalformedReplyException.show(octet), LONGEST_VALUE));
    }
  }

  private void lengthEnded() {
    collected.clear();
    state = count == 0 ? State.VALUE_RETURN : State.VALUE;
  }

  private void end(int octet) throws MalformedReplyException, WrongValueException {
    expect(octet, END[matched], "a value");
    matched++;
    if (matched == END.length) {
      state = State.START;
      if (verify) {
        sink.value(collected.bytes(), collected.length());
      }
      sink.replied(Outcome.DONE);
    }
  }
}
