package io.speicher.server.admin;

import io.speicher.server.http.Page;
import io.speicher.server.http.Route;
import io.speicher.server.http.Route.Right;
import java.util.List;

/**
 * What those ask who start the server, or send requests to it: whether it lives, so that it need
 * not be started anew, and whether it is ready to serve.
 */
final class HealthPages {
  private final ServerStatus status;

  HealthPages(ServerStatus status) {
    this.status = status;
  }

  List<Route> routes() {
    return List.of(
        Route.get("/health/live", Right.ANYBODY, request -> Page.text(200, "live")),
        Route.get("/health/ready", Right.ANYBODY, request -> ready()));
  }

  private Page ready() {
    String why = status.notReady();
    return why == null ? Page.text(200, "ready") : Page.text(503, "not ready: " + why);
  }
}
