package io.speicher.tck;

/** A protocol that the kit checks. Each has a folder of transcripts with its name. */
enum Dialect {
  json("docs/protocol.md, section ", ""),
  resp("", "redis: "),
  memcached("", "memcached: ");

  /** What the section of a case begins with that only {@code docs/dialects.md} asks for. */
  private static final String OURS = "speicher: ";

  private final String referencePrefix;
  private final String sectionPrefix;

  Dialect(String referencePrefix, String sectionPrefix) {
    this.referencePrefix = referencePrefix;
    this.sectionPrefix = sectionPrefix;
  }

  /** Where a rule stands, for a person. */
  String reference(String section) {
    return referencePrefix + section;
  }

  /** Whether a section says whose documentation asks for it, where that has to be said. */
  boolean hasSection(String section, Case.Level level) {
    return section.startsWith(sectionPrefix)
        || (level == Case.Level.speicher && section.startsWith(OURS));
  }

  /** What the section of every case begins with. */
  String sectionPrefix() {
    return sectionPrefix;
  }

  /**
   * The level of a case that does not say its own: only framed JSON has a smaller one than full.
   */
  Case.Level defaultLevel() {
    return this == json ? Case.Level.core : Case.Level.full;
  }

  /**
   * Reads what a case sends, without the frame that JSON gets around it.
   *
   * @throws IllegalArgumentException if it cannot be read
   */
  Template request(String text) {
    return switch (this) {
      case json -> Template.parse(text);
      case resp -> RespFormat.request(text);
      case memcached -> Template.parseEscaped(text + "\\r\\n");
    };
  }

  /** Reads bytes that a case sends as they are. */
  Template raw(String text) {
    return this == json ? Template.parse(text) : Template.parseEscaped(text);
  }

  /**
   * The length of the reply that begins at an offset, or 0 when not all of it is there.
   *
   * @throws CaseFailure if no reply can begin so
   */
  int replyBytes(byte[] bytes, int from, int to) {
    return switch (this) {
      case json -> throw new IllegalStateException("frames have a length");
      case resp -> RespFormat.replyBytes(bytes, from, to);
      case memcached -> MemcachedFormat.replyBytes(bytes, from, to);
    };
  }
}
