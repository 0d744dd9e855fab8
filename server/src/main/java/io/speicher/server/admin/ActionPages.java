package io.speicher.server.admin;

import io.speicher.server.http.HttpRequest;
import io.speicher.server.http.Page;
import io.speicher.server.http.Route;
import io.speicher.server.http.Route.Right;
import java.util.List;
import java.util.Objects;

/**
 * What can be done to the server over HTTP. The same is a command of each dialect, and needs the
 * same right.
 */
final class ActionPages {
  private final ServerStatus status;

  ActionPages(ServerStatus status) {
    this.status = status;
  }

  List<Route> routes() {
    return List.of(
        Route.post(ApiPages.PREFIX + "clear", Right.CLEAR, this::clear),
        Route.post(ApiPages.PREFIX + "reset-counters", Right.ADMIN, this::resetCounters),
        Route.post(ApiPages.PREFIX + "close-connection", Right.ADMIN, this::closeConnection));
  }

  private Page clear(HttpRequest request) {
    audit(request, "clear");
    status.clear();
    return Page.text(200, "all items were deleted");
  }

  private Page resetCounters(HttpRequest request) {
    audit(request, "reset-counters");
    status.resetCounts();
    return Page.text(200, "the counters begin at zero again");
  }

  private Page closeConnection(HttpRequest request) {
    long id;
    try {
      id = Long.parseLong(request.parameter("id").orElse(""));
    } catch (NumberFormatException e) {
      return Page.text(400, "the parameter id is missing, or no number");
    }
    audit(request, "close-connections");
    return status.close(id)
        ? Page.text(200, "the connection was closed")
        : Page.text(404, "there is no connection with this id: it may have ended meanwhile");
  }

  private void audit(HttpRequest request, String command) {
    status.audit(Objects.requireNonNull(request.user()), request.peer(), command);
  }
}
