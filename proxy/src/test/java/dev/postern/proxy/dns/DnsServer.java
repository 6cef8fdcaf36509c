package dev.postern.proxy.dns;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.dns.DatagramDnsQuery;
import io.netty.handler.codec.dns.DatagramDnsQueryDecoder;
import io.netty.handler.codec.dns.DatagramDnsResponse;
import io.netty.handler.codec.dns.DatagramDnsResponseEncoder;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import io.netty.util.NetUtil;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;

/// A name server that knows what a test tells it.
final class DnsServer implements AutoCloseable {
  /// One record: an IP address, or the name that this one stands for.
  record Answer(String value, int ttlSeconds) {}

  /// Every name that was asked for A records, in order.
  final LinkedBlockingQueue<String> questions = new LinkedBlockingQueue<>();

  private final Map<String, List<Answer>> names = new ConcurrentHashMap<>();
  private final Set<DnsRecordType> failing = ConcurrentHashMap.newKeySet();
  private final Set<DnsRecordType> losing = ConcurrentHashMap.newKeySet();
  private final Channel channel;

  DnsServer(EventLoopGroup group) {
    channel =
        new Bootstrap()
            .group(group)
            .channel(NioDatagramChannel.class)
            .handler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel ch) {
                    ch.pipeline()
                        .addLast(
                            new DatagramDnsQueryDecoder(),
                            new DatagramDnsResponseEncoder(),
                            new Answering());
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .syncUninterruptibly()
            .channel();
  }

  InetSocketAddress address() {
    return (InetSocketAddress) channel.localAddress();
  }

  /// From now on that name has these records; none is NXDOMAIN.
  void set(String name, Answer... answers) {
    names.put(name + ".", List.of(answers));
  }

  /// From now on questions for such records get SERVFAIL.
  void fail(DnsRecordType type) {
    failing.add(type);
  }

  /// From now on questions for such records get no answer.
  void lose(DnsRecordType type) {
    losing.add(type);
  }

  /// From now on all questions are answered.
  void recover() {
    failing.clear();
    losing.clear();
  }

  @Override
  public void close() {
    channel.close().syncUninterruptibly();
  }

  private final class Answering extends SimpleChannelInboundHandler<DatagramDnsQuery> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, DatagramDnsQuery query) {
      DnsQuestion question = query.recordAt(DnsSection.QUESTION);
      List<Answer> answers = names.getOrDefault(question.name(), List.of());
      DatagramDnsResponse response =
          new DatagramDnsResponse(query.recipient(), query.sender(), query.id());
      response.setAuthoritativeAnswer(true);
      response.addRecord(DnsSection.QUESTION, question);
      if (failing.contains(question.type())) {
        response.setCode(DnsResponseCode.SERVFAIL);
      } else {
        response.setCode(answers.isEmpty() ? DnsResponseCode.NXDOMAIN : DnsResponseCode.NOERROR);
        add(response, question.name(), question.type(), answers);
      }
      if (losing.contains(question.type())) {
        response.release();
      } else {
        ctx.writeAndFlush(response);
      }
      if (question.type().equals(DnsRecordType.A)) {
        questions.add(question.name());
      }
    }

    private void add(
        DatagramDnsResponse response, String name, DnsRecordType type, List<Answer> answers) {
      for (Answer answer : answers) {
        byte[] address = NetUtil.createByteArrayFromIpAddressString(answer.value());
        DnsRecordType is =
            address == null
                ? DnsRecordType.CNAME
                : address.length == 4 ? DnsRecordType.A : DnsRecordType.AAAA;
        if (address == null || is.equals(type)) {
          response.addRecord(
              DnsSection.ANSWER,
              new DefaultDnsRawRecord(
                  name,
                  is,
                  answer.ttlSeconds(),
                  Unpooled.wrappedBuffer(address == null ? labels(answer.value()) : address)));
        }
        if (address == null) {
          String target = answer.value() + ".";
          add(response, target, type, names.getOrDefault(target, List.of()));
        }
      }
    }

    private static byte[] labels(String name) {
      ByteArrayOutputStream octets = new ByteArrayOutputStream();
      for (String label : name.split("\\.")) {
        octets.write(label.length());
        octets.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
      }
      octets.write(0);
      return octets.toByteArray();
    }
  }
}
