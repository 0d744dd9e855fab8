package io.speicher.load;

import java.nio.ByteBuffer;

/** Finds the replies of RESP2 to GET, SET and DEL. */
final class RespScanner extends ReplyScanner {
  private static final int LONGEST_LINE = 64 << 10;
  private static final long LONGEST_VALUE = 512L << 20;

  /** What the next byte is. */
  private enum State {
    TYPE,
    /** A byte of a simple string or an error. */
    TEXT,
    TEXT_LINE_FEED,
    /** The first byte of a number, which may be a sign. */
    NUMBER_START,
    NUMBER,
    NUMBER_LINE_FEED,
    VALUE,
    VALUE_RETURN,
    VALUE_LINE_FEED
  }

  private final boolean verify;
  private final ByteCollector collected = new ByteCollector();
  private State state = State.TYPE;
  private int type;
  private boolean negative;
  private long number;
  private int digits;

  RespScanner(ReplySink sink, boolean verify) {
    super(sink);
    this.verify = verify;
  }

  @Override
  void scan(ByteBuffer in) throws MalformedReplyException, WrongValueException {
    int offset = in.position();
    int limit = in.limit();
    while (offset < limit) {
      if (state == State.VALUE) {
        offset = value(in, offset, limit);
      } else {
        next(in.get(offset++));
      }
    }
    in.position(limit);
  }

  private void next(int octet) throws MalformedReplyException, WrongValueException {
    switch (state) {
      case TYPE -> type(octet);
      case TEXT -> text(octet);
      case TEXT_LINE_FEED -> {
        lineFeed(octet);
        textEnded();
      }
      case NUMBER_START -> numberStart(octet);
      case NUMBER -> number(octet);
      case NUMBER_LINE_FEED -> {
        lineFeed(octet);
        numberEnded();
      }
      case VALUE -> throw new AssertionError("values are passed over as a whole");
      case VALUE_RETURN -> valueReturn(octet);
      case VALUE_LINE_FEED -> {
        lineFeed(octet);
        valueEnded();
      }
    }
  }

  private void type(int octet) throws MalformedReplyException {
    Operation operation = sink.expected();
    int wanted =
        switch (operation) {
          case GET -> '$';
          case SET -> '+';
          case DELETE -> ':';
        };
    if (octet != wanted && octet != '-') {
      throw new MalformedReplyException(
          "a reply to %s begins with %s (expected: '%c' or '-')"
              .formatted(operation, MalformedReplyException.show(octet), (char) wanted));
    }
    type = octet;
    if (octet == '$' || octet == ':') {
      negative = false;
      number = 0;
      digits = 0;
      state = State.NUMBER_START;
    } else {
      collected.clear();
      state = State.TEXT;
    }
  }

  private void text(int octet) throws MalformedReplyException {
    if (octet == '\r') {
      state = State.TEXT_LINE_FEED;
      return;
    }
    if (collected.length() == LONGEST_LINE) {
      throw new MalformedReplyException("a line does not end within " + LONGEST_LINE + " bytes");
    }
    collected.add(octet);
  }

  private void textEnded() {
    state = State.TYPE;
    if (type == '+') {
      sink.replied(Outcome.DONE);
    } else {
      String message = collected.text();
      sink.failed(firstWord(message), message);
    }
  }

  private void numberStart(int octet) throws MalformedReplyException {
    state = State.NUMBER;
    if (octet == '-') {
      negative = true;
    } else {
      number(octet);
    }
  }

  private void number(int octet) throws MalformedReplyException {
    if (octet >= '0' && octet <= '9' && digits < 18) {
      number = number * 10 + octet - '0';
      digits++;
    } else if (octet == '\r' && digits > 0) {
      state = State.NUMBER_LINE_FEED;
    } else {
      throw new MalformedReplyException(
          "%s in the number after '%c' (expected: up to 18 digits and a line end)"
              .formatted(MalformedReplyException.show(octet), (char) type));
    }
  }

  private void numberEnded() throws MalformedReplyException {
    if (type == ':') {
      state = State.TYPE;
      sink.replied(number == 0 ? Outcome.MISS : Outcome.DONE);
    } else if (!negative) {
      if (number > LONGEST_VALUE) {
        throw new MalformedReplyException(
            "a value of %d bytes (expected: at most %d)".formatted(number, LONGEST_VALUE));
      }
      collected.clear();
      state = number == 0 ? State.VALUE_RETURN : State.VALUE;
    } else if (number == 1) {
      state = State.TYPE;
      sink.replied(Outcome.MISS);
    } else {
      throw new MalformedReplyException("a value of -" + number + " bytes (expected: -1 or more)");
    }
  }

  /** Passes over as much of a value as there is; {@code number} is what is still to come. */
  private int value(ByteBuffer in, int offset, int limit) {
    int count = (int) Math.min(number, limit - offset);
    if (verify) {
      collected.add(in, offset, count);
    }
    number -= count;
    if (number == 0) {
      state = State.VALUE_RETURN;
    }
    return offset + count;
  }

  private void valueReturn(int octet) throws MalformedReplyException {
    if (octet != '\r') {
      throw new MalformedReplyException(
          "%s after a value (expected: a line end): its length is wrong"
              .formatted(MalformedReplyException.show(octet)));
    }
    state = State.VALUE_LINE_FEED;
  }

  private void valueEnded() throws WrongValueException {
    state = State.TYPE;
    if (verify) {
      sink.value(collected.bytes(), collected.length());
    }
    sink.replied(Outcome.DONE);
  }

  private static void lineFeed(int octet) throws MalformedReplyException {
    expect(octet, '\n', "a carriage return");
  }
}
