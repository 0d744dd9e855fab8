package io.speicher.client;

import java.util.ArrayList;
import java.util.List;

/** Tells several listeners, in order. */
final class Listeners implements ClientListener {
  private final List<ClientListener> all;

  private Listeners(List<ClientListener> all) {
    this.all = all;
  }

  /** What tells them all. */
  static ClientListener of(List<ClientListener> all) {
    return all.size() == 1 ? all.get(0) : new Listeners(List.copyOf(all));
  }

  @Override
  public void connected(String server) {
    all.forEach(listener -> listener.connected(server));
  }

  @Override
  public void disconnected(String server, String reason) {
    all.forEach(listener -> listener.disconnected(server, reason));
  }

  @Override
  public void unreachable(String server, String reason) {
    all.forEach(listener -> listener.unreachable(server, reason));
  }

  @Override
  public Completion started(Call call) {
    List<Completion> completions = new ArrayList<>(all.size());
    all.forEach(listener -> completions.add(listener.started(call)));
    return (nanos, failure) ->
        completions.forEach(completion -> completion.completed(nanos, failure));
  }
}
