package io.speicher.client;

import io.speicher.client.ClientListener.Call;
import io.speicher.client.ClientListener.Completion;
import io.speicher.client.backend.Operation;
import io.speicher.client.exception.SpeicherException;
import org.jspecify.annotations.Nullable;

/**
 * Tells a listener of the calls to one server.
 *
 * @param server its address
 */
record CallObserver(ClientListener listener, String server, String namespace) {

  Running started(String cache, Operation operation) {
    Completion completion = listener.started(new Call(server, namespace, cache, operation.label()));
    return new Running(completion, System.nanoTime());
  }

  /** A call that has not ended yet. */
  record Running(Completion completion, long startNanos) {
    void completed(@Nullable SpeicherException failure) {
      completion.completed(System.nanoTime() - startNanos, failure);
    }
  }
}
