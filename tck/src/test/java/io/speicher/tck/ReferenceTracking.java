package io.speicher.tck;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who is told of changes, in all databases. One thread at a time. */
final class ReferenceTracking {
  /** What one connection is told. */
  static final class Client {
    private final Set<String> read = new HashSet<>();
    private final List<String> pushes = new ArrayList<>();

    /** Null if it is told of what it has read. */
    private final @Nullable List<String> prefixes;

    private final boolean noLoop;

    Client(@Nullable List<String> prefixes, boolean noLoop) {
      this.prefixes = prefixes;
      this.noLoop = noLoop;
    }

    void reads(String key) {
      read.add(key);
    }

    /** All that there is to tell, once. */
    List<String> take() {
      List<String> taken = List.copyOf(pushes);
      pushes.clear();
      return taken;
    }

    private boolean isToHear(String key, @Nullable Flaw flaw) {
      if (prefixes == null) {
        return flaw == Flaw.tellsAgain ? read.contains(key) : read.remove(key);
      }
      return prefixes.isEmpty()
          || flaw == Flaw.ignoresPrefixes
          || prefixes.stream().anyMatch(key::startsWith);
    }
  }

  private final @Nullable Flaw flaw;
  private final Set<Client> clients = new HashSet<>();

  /** Whose request is executed. */
  private @Nullable Client executing;

  ReferenceTracking(@Nullable Flaw flaw) {
    this.flaw = flaw;
  }

  void add(Client client) {
    clients.add(client);
  }

  void remove(Client client) {
    clients.remove(client);
  }

  void executes(@Nullable Client client) {
    executing = client;
  }

  void changed(String key) {
    for (Client client : clients) {
      boolean isOwn = client.equals(executing) && client.noLoop && flaw != Flaw.ignoresNoLoop;
      if (!isOwn && client.isToHear(key, flaw) && flaw != Flaw.tellsNobody) {
        client.pushes.add("{\"push\":\"keys\",\"keys\":[" + ReferenceFull.quoted(key) + "]}");
      }
    }
  }

  void cleared() {
    if (flaw != Flaw.tellsNobody && flaw != Flaw.doesNotTellOfClears) {
      clients.forEach(client -> client.pushes.add("{\"push\":\"all\"}"));
    }
  }
}
