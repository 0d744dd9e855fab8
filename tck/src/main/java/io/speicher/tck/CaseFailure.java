package io.speicher.tck;

import java.util.List;

/** The server did something else than a case expects. The message says what, in one line. */
@SuppressWarnings("serial") // It never leaves the process.
final class CaseFailure extends RuntimeException {
  private final String expected;
  private List<Exchange> exchanges = List.of();
  private int exchangesForgotten;

  CaseFailure(String message, String expected) {
    super(message);
    this.expected = expected;
  }

  /** Takes over what went over the wire, unless that of another wire is there already. */
  CaseFailure withExchanges(Wire wire) {
    if (exchanges.isEmpty()) {
      exchanges = wire.exchanges();
      exchangesForgotten = wire.exchangesForgotten();
    }
    return this;
  }

  /** The same failure, with where it happened in front of its message. */
  CaseFailure at(String place) {
    CaseFailure failure = new CaseFailure(place + ": " + getMessage(), expected);
    failure.exchanges = exchanges;
    failure.exchangesForgotten = exchangesForgotten;
    return failure;
  }

  /** The result of the case. */
  CaseResult.Failure toFailure() {
    return new CaseResult.Failure(
        String.valueOf(getMessage()), expected, exchanges, exchangesForgotten);
  }

  /** What should have come instead. */
  String expected() {
    return expected;
  }
}
