package io.speicher.server.admin;

import io.speicher.server.http.Route;
import java.util.ArrayList;
import java.util.List;

/** All that is served over HTTP. */
public final class AdminPages {
  private final ServerStatus status;

  public AdminPages(ServerStatus status) {
    this.status = status;
  }

  public List<Route> routes() {
    List<Route> routes = new ArrayList<>(new HealthPages(status).routes());
    routes.add(new MetricsPage(status).route());
    routes.addAll(new ApiPages(status).routes());
    return routes;
  }
}
