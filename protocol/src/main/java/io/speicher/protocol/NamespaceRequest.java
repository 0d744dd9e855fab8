package io.speicher.protocol;

import org.jspecify.annotations.Nullable;

/** What can be asked of the namespaces that a server knows. */
public sealed interface NamespaceRequest {

  /** Answered with {@link Reply.Namespaces}, in the order of their prefixes. */
  record ListAll() implements NamespaceRequest {}

  /**
   * Declares a namespace. Answered with {@link Reply.Done}; {@link Reply.Exists}, and nothing is
   * changed, if it is declared already; or {@link Reply.Failed} if there are too many.
   */
  record Create(Namespace namespace) implements NamespaceRequest {}

  /**
   * Changes how long items live that are stored from now on. Answered with {@link Reply.Done}, or
   * {@link Reply.Miss} if it is not declared. What is null stays as it is.
   */
  record Alter(
      String prefix,
      @Nullable Long ttlMillis,
      @Nullable Long maxTtlMillis,
      @Nullable Integer jitterPercent)
      implements NamespaceRequest {

    /**
     * Checks all bounds.
     *
     * @throws IllegalArgumentException that names what is out of them
     */
    public Alter {
      applyTo(new Namespace(prefix), ttlMillis, maxTtlMillis, jitterPercent);
    }

    /** The namespace as it is afterwards. */
    public Namespace applyTo(Namespace before) {
      return applyTo(before, ttlMillis, maxTtlMillis, jitterPercent);
    }

    private static Namespace applyTo(
        Namespace before,
        @Nullable Long ttlMillis,
        @Nullable Long maxTtlMillis,
        @Nullable Integer jitterPercent) {
      return new Namespace(
          before.prefix(),
          ttlMillis == null ? before.ttlMillis() : ttlMillis,
          maxTtlMillis == null ? before.maxTtlMillis() : maxTtlMillis,
          jitterPercent == null ? before.jitterPercent() : jitterPercent);
    }
  }

  /**
   * Forgets a namespace, and not its items. Answered with {@link Reply.Done}, or {@link Reply.Miss}
   * if it is not declared.
   */
  record Drop(String prefix) implements NamespaceRequest {
    /**
     * Checks the prefix.
     *
     * @throws IllegalArgumentException if no namespace is called so
     */
    public Drop {
      Namespace.requirePrefix(prefix);
    }
  }
}
