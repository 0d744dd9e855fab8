package io.speicher.server.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.speicher.dialect.User;
import io.speicher.server.net.HttpHandover;
import io.speicher.server.security.Authenticator;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers what is asked in HTTP. Any thread may call any method; none waits.
 *
 * <p>Everything is bounded: connections, what a request may measure, how long it may take to arrive
 * and its reply to be taken. A connection has one request at a time; the next one is read when the
 * reply has been sent. So the requests that wait for their pages are never more than connections,
 * and a connection holds 200 KB at the most, besides the page that is sent.
 */
public final class HttpService implements HttpHandover, AutoCloseable {
  /** At a time; these are also counted by {@code --max-connections}. */
  static final int MAX_CONNECTIONS = 128;

  static final int MAX_LINE_BYTES = 8 << 10;
  static final int MAX_HEADER_BYTES = 16 << 10;
  static final int MAX_BODY_BYTES = 16 << 10;

  private static final Logger logger = System.getLogger(HttpService.class.getName());

  /** Without Bearer, which is understood as well: Chromium asks nobody where both are there. */
  private static final String CHALLENGE = "Basic realm=\"speicher\", charset=\"UTF-8\"";

  private static final String QUIET_CHALLENGE = "Bearer";

  private final Guard guard;
  private final Authenticator authenticator;
  private final Supplier<User> firstUser;
  private final PageToken token;
  private final List<Route> routes;
  private final AtomicInteger connections = new AtomicInteger();
  private final ThreadPoolExecutor pages;

  /**
   * @param hosts names by which the server may be called, besides addresses and localhost
   * @param authenticator says who peers are
   * @param firstUser who a peer is that does not say it
   * @param token what a peer has to show that wants something done
   */
  public HttpService(
      List<String> hosts,
      Authenticator authenticator,
      Supplier<User> firstUser,
      PageToken token,
      List<Route> routes) {
    guard = new Guard(hosts);
    this.token = token;
    this.authenticator = authenticator;
    this.firstUser = firstUser;
    this.routes = List.copyOf(routes);
    pages =
        new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(), // No longer than connections are many.
            new DefaultThreadFactory("speicher-http", true));
    pages.allowCoreThreadTimeOut(true);
  }

  // ---- before the first request ----

  /**
   * Answers a request that nobody has sent, so that what a first one needs is loaded: an event loop
   * would stand still for as long, a tenth of a second or more, and with it all its connections.
   *
   * @return what was said
   */
  public String rehearse() {
    EmbeddedChannel channel = new EmbeddedChannel();
    try {
      serve(channel.pipeline(), false);
      channel.writeInbound(
          Unpooled.copiedBuffer("GET /rehearsal HTTP/1.1\r\nHost: localhost\r\n\r\n", US_ASCII));
      StringBuilder said = new StringBuilder();
      for (ByteBuf bytes; (bytes = channel.readOutbound()) != null; bytes.release()) {
        said.append(bytes.toString(US_ASCII));
      }
      return said.toString();
    } finally {
      channel.finishAndReleaseAll();
    }
  }

  // ---- connections ----

  @Override
  public void serve(ChannelPipeline pipeline) {
    boolean isSurplus = connections.incrementAndGet() > MAX_CONNECTIONS;
    pipeline.channel().closeFuture().addListener(closed -> connections.decrementAndGet());
    serve(pipeline, isSurplus);
  }

  private void serve(ChannelPipeline pipeline, boolean isSurplus) {
    HttpDecoderConfig limits =
        new HttpDecoderConfig()
            .setMaxInitialLineLength(MAX_LINE_BYTES)
            .setMaxHeaderSize(MAX_HEADER_BYTES);
    pipeline.addLast(
        new HttpServerCodec(limits),
        new WholeRequests(MAX_BODY_BYTES),
        new HttpConnection(this, isSurplus));
  }

  // ---- requests ----

  /**
   * Finds the page for a request.
   *
   * @param needsHost whether its version of HTTP has it name the host
   */
  CompletableFuture<Page> answer(HttpRequest request, boolean needsHost) {
    Page refusal = guard.refusal(request, needsHost);
    if (refusal != null) {
      return CompletableFuture.completedFuture(refusal);
    }
    List<Route> found =
        routes.stream().filter(route -> route.path().equals(request.path())).toList();
    if (found.isEmpty()) {
      return CompletableFuture.completedFuture(Page.text(404, "there is nothing here"));
    }
    Optional<Route> route = found.stream().filter(one -> one.takes(request.method())).findFirst();
    if (route.isEmpty()) {
      return CompletableFuture.completedFuture(
          Page.text(405, "not with this method").with("Allow", found.getFirst().allowed()));
    }
    return answer(request, route.get());
  }

  private CompletableFuture<Page> answer(HttpRequest request, Route route) {
    User first = firstUser.get();
    Credentials credentials = Credentials.of(request.header(HttpHeaderNames.AUTHORIZATION));
    boolean mayBeAnother =
        route.right() != Route.Right.ANYBODY && !first.rights().areAll() && credentials != null;
    if (route.right().isOf(first) && !mayBeAnother) {
      return make(request.by(first), route);
    }
    if (credentials == null) {
      return CompletableFuture.completedFuture(unknown("say who you are", request));
    }
    return authenticator
        .verify(credentials.user(), credentials.password(), request.peer())
        .thenCompose(user -> answer(request, route, user.orElse(null)))
        .exceptionally(refusal -> Page.text(429, "too many passwords to check; try again later"));
  }

  private CompletableFuture<Page> answer(HttpRequest request, Route route, @Nullable User user) {
    if (user == null) {
      return CompletableFuture.completedFuture(unknown("wrong user or password", request));
    }
    if (!route.right().isOf(user)) {
      String why = "the user " + user.name() + " has no permission for this";
      return CompletableFuture.completedFuture(
          request.isFromPerson() ? unknown(why, request) : Page.text(403, why));
    }
    return make(request.by(user), route);
  }

  /** A browser that is asked for a name and a password asks the person in front of it. */
  private static Page unknown(String why, HttpRequest request) {
    return Page.text(401, why)
        .with("WWW-Authenticate", request.isFromScript() ? QUIET_CHALLENGE : CHALLENGE);
  }

  private CompletableFuture<Page> make(HttpRequest request, Route route) {
    if (route.method().equals("POST") && !token.isOf(request)) {
      return CompletableFuture.completedFuture(Page.text(403, PageToken.REFUSAL));
    }
    return CompletableFuture.supplyAsync(() -> page(request, route), pages);
  }

  /** One page has failed; others go on. */
  private static Page page(HttpRequest request, Route route) {
    try {
      return Encoding.of(route.answer().to(request), request);
    } catch (RuntimeException | Error e) {
      logger.log(Level.ERROR, "page failed: path=" + route.path(), e);
      return Page.text(500, "the server failed: see its log");
    }
  }

  /** Ends its thread; connections are the network's. */
  @Override
  public void close() {
    pages.shutdownNow();
  }
}
