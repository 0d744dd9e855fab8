package io.speicher.load;

/** Takes what a scanner finds. Replies come in the order of the requests. */
interface ReplySink {
  /**
   * What the next reply answers.
   *
   * @throws MalformedReplyException if there is no request without a reply
   */
  Operation expected() throws MalformedReplyException;

  /** The next reply is there. */
  void replied(Outcome outcome);

  /** The next reply is there, and says that the server could not do it. */
  void failed(String kind, String message);

  /** The value that the next reply brings, when values are verified. */
  void value(byte[] bytes, int length) throws WrongValueException;
}
