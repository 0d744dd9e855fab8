package io.speicher.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Remembers what a scanner finds, as text. */
final class FakeSink implements ReplySink {
  private final Deque<Operation> asked = new ArrayDeque<>();
  private final List<String> found = new ArrayList<>();

  FakeSink(Operation... asked) {
    this.asked.addAll(List.of(asked));
  }

  List<String> found() {
    return found;
  }

  @Override
  public Operation expected() throws MalformedReplyException {
    if (asked.isEmpty()) {
      throw new MalformedReplyException("a reply that nothing was asked for");
    }
    return asked.element();
  }

  @Override
  public void replied(Outcome outcome) {
    found.add(asked.remove().label() + " " + outcome);
  }

  @Override
  public void failed(String kind, String message) {
    found.add(asked.remove().label() + " " + kind + ": " + message);
  }

  @Override
  public void value(byte[] bytes, int length) {
    found.add("value " + new String(bytes, 0, length, ISO_8859_1));
  }
}
