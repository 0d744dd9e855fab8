package io.speicher.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Finds the replies of framed JSON. Nearly all begin with the status, as Speicher's do: then the
 * rest of the frame is passed over. Others are read as a whole, and so are errors, whose message is
 * of interest, and values that are verified.
 */
final class JsonScanner extends ReplyScanner {
  private static final byte[] HEAD = "{\"status_code\":".getBytes(ISO_8859_1);
  private static final int LENGTH_BYTES = 4;
  private static final int LONGEST_FRAME = (256 << 20) - 1;
  private static final int STATUS_DIGITS = 3;
  private static final int DONE = 200;
  private static final int MISS = 404;

  /** What the next byte is. */
  private enum State {
    LENGTH,
    HEAD,
    STATUS,
    AFTER_STATUS,
    /** A byte of a frame that is passed over. */
    REST,
    /** A byte of a frame that is read as a whole. */
    WHOLE
  }

  private final boolean verify;
  private final ByteCollector collected = new ByteCollector();
  private State state = State.LENGTH;
  private int lengthBytes;
  private int frameLength;
  private int remaining;
  private int matched;
  private int status;

  JsonScanner(ReplySink sink, boolean verify) {
    super(sink);
    this.verify = verify;
  }

  @Override
  void scan(ByteBuffer in) throws MalformedReplyException, WrongValueException {
    int offset = in.position();
    int limit = in.limit();
    while (offset < limit) {
      switch (state) {
        case REST, WHOLE -> offset = many(in, offset, limit);
        case LENGTH -> length(in.get(offset++));
        default -> next(in.get(offset++));
      }
    }
    in.position(limit);
  }

  private void length(int octet) throws MalformedReplyException {
    frameLength = (frameLength << 8) | (octet & 0xff);
    lengthBytes++;
    if (lengthBytes < LENGTH_BYTES) {
      return;
    }
    if (frameLength <= 0 || frameLength > LONGEST_FRAME) {
      throw new MalformedReplyException(
          "a frame of %d bytes (expected: 1..%d)".formatted(frameLength, LONGEST_FRAME));
    }
    lengthBytes = 0;
    remaining = frameLength;
    frameLength = 0;
    matched = 0;
    status = 0;
    collected.clear();
    state = verify && sink.expected() == Operation.GET ? State.WHOLE : State.HEAD;
  }

  /** A byte of what a frame begins with, most of the time. */
  private void next(int octet) throws MalformedReplyException, WrongValueException {
    collected.add(octet);
    remaining--;
    boolean isUsual =
        switch (state) {
          case HEAD -> head(octet);
          case STATUS -> status(octet);
          default -> afterStatus(octet);
        };
    if (!isUsual) {
      state = State.WHOLE;
    }
    if (remaining == 0) {
      ended();
    }
  }

  private boolean head(int octet) {
    if (octet != HEAD[matched]) {
      return false;
    }
    matched++;
    if (matched == HEAD.length) {
      matched = 0;
      state = State.STATUS;
    }
    return true;
  }

  private boolean status(int octet) {
    if (octet < '0' || octet > '9') {
      return false;
    }
    status = status * 10 + octet - '0';
    matched++;
    if (matched == STATUS_DIGITS) {
      state = State.AFTER_STATUS;
      return status == DONE || status == MISS;
    }
    return true;
  }

  private boolean afterStatus(int octet) {
    state = State.REST;
    return octet == ',' ? remaining > 0 : octet == '}' && remaining == 0;
  }

  private int many(ByteBuffer in, int offset, int limit)
      throws MalformedReplyException, WrongValueException {
    int count = Math.min(remaining, limit - offset);
    if (state == State.WHOLE) {
      collected.add(in, offset, count);
    }
    remaining -= count;
    if (remaining == 0) {
      ended();
    }
    return offset + count;
  }

  private void ended() throws MalformedReplyException, WrongValueException {
    boolean isWhole = state != State.REST;
    state = State.LENGTH;
    if (isWhole) {
      read(new JsonMembers(collected.bytes(), collected.length()));
    } else {
      replied();
    }
  }

  private void read(JsonMembers members) throws MalformedReplyException, WrongValueException {
    status = -1;
    int valueStart = -1;
    int valueEnd = -1;
    while (members.next()) {
      if (members.isNamed("status_code")) {
        status = members.smallNumber();
      } else if (members.isNamed("value")) {
        valueStart = members.valueStart();
        valueEnd = members.valueEnd();
      }
    }
    if (status < 0) {
      throw new MalformedReplyException("a reply without a status_code that is a number");
    }
    if (verify && status == DONE && sink.expected() == Operation.GET) {
      value(valueStart, valueEnd);
    }
    replied();
  }

  private void value(int start, int end) throws MalformedReplyException, WrongValueException {
    if (start < 0) {
      throw new MalformedReplyException("a reply to get with status_code 200 and no value");
    }
    boolean isString = collected.bytes()[start] == '"';
    byte[] value =
        Arrays.copyOfRange(
            collected.bytes(), isString ? start + 1 : start, isString ? end - 1 : end);
    sink.value(value, value.length);
  }

  private void replied() throws MalformedReplyException {
    Operation operation = sink.expected();
    if (status == DONE) {
      sink.replied(Outcome.DONE);
    } else if (status == MISS && operation != Operation.SET) {
      sink.replied(Outcome.MISS);
    } else {
      sink.failed("status_code " + status, collected.text());
    }
  }
}
