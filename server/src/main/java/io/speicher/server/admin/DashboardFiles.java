package io.speicher.server.admin;

import io.speicher.server.http.Page;
import io.speicher.server.http.Route;
import io.speicher.server.http.Route.Right;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The dashboard: files that browsers get as they are. What they show comes from {@link ApiPages},
 * and what they have done from {@link ActionPages}. The library that draws is a file among them, so
 * that a build needs nothing but Maven, and what people see is what has been looked at.
 */
final class DashboardFiles {
  private static final String FOLDER = "/dashboard/";
  private static final String HTML = "text/html; charset=utf-8";
  private static final String STYLE = "text/css; charset=utf-8";
  private static final String SCRIPT = "text/javascript; charset=utf-8";

  List<Route> routes() {
    List<Route> routes = new ArrayList<>();
    routes.add(route("/", HTML, "index.html"));
    routes.add(Route.get("/login", Right.ADMIN, request -> Page.seeOther("/")));
    add(routes, STYLE, "dashboard.css", "uPlot.min.css");
    add(
        routes,
        SCRIPT,
        "actions.js",
        "charts.js",
        "curve.js",
        "dashboard.js",
        "feed.js",
        "format.js",
        "heatmap.js",
        "tables.js",
        "uPlot.iife.min.js");
    add(routes, "image/svg+xml", "icon.svg");
    return routes;
  }

  private static void add(List<Route> routes, String type, String... files) {
    for (String file : files) {
      routes.add(route(FOLDER + file, type, file));
    }
  }

  private static Route route(String path, String type, String file) {
    Page page = Page.constant(type, bytes(file));
    return Route.get(path, Right.USER, request -> page);
  }

  private static byte[] bytes(String file) {
    String name = "dashboard/" + file;
    try (InputStream in =
        Objects.requireNonNull(DashboardFiles.class.getResourceAsStream(name), name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
