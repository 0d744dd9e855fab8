package io.speicher.server.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.TooLongHttpContentException;
import org.jspecify.annotations.Nullable;

/**
 * Puts requests together. One whose body is too long becomes a failed one without a body, which is
 * answered in its turn; Netty would answer it at once, without a word, and read on.
 */
final class WholeRequests extends HttpObjectAggregator {
  WholeRequests(int maxBodyBytes) {
    super(maxBodyBytes, true);
  }

  /** Says nothing to a peer that waits for a word before it sends what is too long anyway. */
  @Override
  protected @Nullable Object newContinueResponse(
      HttpMessage start, int maxContentLength, ChannelPipeline pipeline) {
    boolean isTooLong = HttpUtil.getContentLength(start, 0L) > maxContentLength;
    return isTooLong ? null : super.newContinueResponse(start, maxContentLength, pipeline);
  }

  @Override
  protected void handleOversizedMessage(ChannelHandlerContext ctx, HttpMessage oversized) {
    HttpRequest request = (HttpRequest) oversized;
    DefaultFullHttpRequest refused =
        new DefaultFullHttpRequest(
            request.protocolVersion(),
            request.method(),
            request.uri(),
            Unpooled.EMPTY_BUFFER,
            request.headers(),
            EmptyHttpHeaders.INSTANCE);
    refused.setDecoderResult(
        DecoderResult.failure(new TooLongHttpContentException("body too long")));
    ctx.fireChannelRead(refused);
  }
}
