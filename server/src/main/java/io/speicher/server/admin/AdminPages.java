package io.speicher.server.admin;

import io.speicher.server.http.PageToken;
import io.speicher.server.http.Route;
import java.util.ArrayList;
import java.util.List;

/** All that is served over HTTP. */
public final class AdminPages {
  private final ServerStatus status;
  private final History history;
  private final PageToken token = new PageToken();

  public AdminPages(ServerStatus status) {
    this.status = status;
    history = new History(status, System::nanoTime);
  }

  public List<Route> routes() {
    List<Route> routes = new ArrayList<>(new HealthPages(status).routes());
    routes.add(new MetricsPage(status).route());
    routes.addAll(new ApiPages(status, history, token).routes());
    routes.addAll(new ActionPages(status).routes());
    routes.addAll(new DashboardFiles().routes());
    return routes;
  }

  /** What peers have to show that want something done. */
  public PageToken token() {
    return token;
  }

  /** Tells whose processor time is the event loops'. */
  public void watch(List<Long> loopThreads) {
    history.watch(loopThreads);
  }

  /** Called once a second, by one thread. */
  public void sample() {
    history.sample();
  }
}
