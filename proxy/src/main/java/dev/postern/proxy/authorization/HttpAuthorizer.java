package dev.postern.proxy.authorization;

import dev.postern.ir.Cluster;
import dev.postern.ir.HttpFilters.ExternalAuthorization.Protocol;
import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.Octets;
import dev.postern.proxy.message.RequestHead;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/// Asks in HTTP: the request itself, with as many of its fields as the filter names, where 200 lets
/// it pass and any other answer is its client's (Gateway API, HTTPAuthConfig).
final class HttpAuthorizer implements Authorizer {
  private static final String AUTHORIZATION = "authorization";
  private static final int OK = 200;

  private final byte[] prefix;
  private final byte[][] sent;
  private final boolean copiesAll;
  private final List<String> copied;
  private final List<byte[]> replaced;

  HttpAuthorizer(Protocol.Http how, List<String> allowedHeaders) {
    prefix = Octets.ascii(how.pathPrefix());
    Set<String> names = new LinkedHashSet<>(List.of(AUTHORIZATION));
    allowedHeaders.stream().filter(FieldChange::isFree).forEach(names::add);
    sent = names.stream().map(Octets::ascii).toArray(byte[][]::new);
    copiesAll = how.allowedResponseHeaders().isEmpty();
    copied = how.allowedResponseHeaders().stream().filter(FieldChange::isFree).toList();
    replaced = copied.stream().map(Octets::ascii).toList();
  }

  @Override
  public Question question(RequestHead request, ByteBuf body, Cluster asked, long timeoutMillis) {
    byte[] from = request.bytes();
    int target = request.pathLength() + request.queryLength();
    byte[] path = Arrays.copyOf(prefix, prefix.length + target);
    System.arraycopy(from, request.pathOffset(), path, prefix.length, target);
    RequestHead head = new RequestHead();
    head.begin(
        Arrays.copyOfRange(
            from, request.methodOffset(), request.methodOffset() + request.methodLength()),
        Arrays.copyOfRange(
            from, request.authorityOffset(), request.authorityOffset() + request.authorityLength()),
        path);
    head.neverIndexed(request.targetNeverIndexed(), request.authorityNeverIndexed());
    HeaderBlock fields = request.headers();
    for (byte[] name : sent) {
      for (int i = fields.find(name, 0); i >= 0; i = fields.find(name, i + 1)) {
        head.headers()
            .add(name, 0, name.length, from, fields.valueOffset(i), fields.valueLength(i));
        if (fields.neverIndexed(i)) {
          head.headers().neverIndexLast();
        }
      }
    }
    head.contentLength(body.readableBytes());
    return new Question(head, body);
  }

  @Override
  public Verdict verdict(Reply reply) {
    if (reply.status() != OK) {
      return new Verdict.Denied(
          reply.status(), fields(reply.fields(), FieldChange::isFree), reply.body());
    }
    if (!copiesAll) {
      // Also those that the answer does not have: nobody but who was asked may set them.
      return new Verdict.Allowed(
          replaced, fields(reply.fields(), copied::contains), List.of(), List.of());
    }
    List<FieldChange> all = fields(reply.fields(), HttpAuthorizer::isOfTheRequest);
    return new Verdict.Allowed(
        all.stream().map(FieldChange::name).toList(), all, List.of(), List.of());
  }

  /// All of an answer's fields means: those that do not describe the answer's own body, which is
  /// not the request's.
  private static boolean isOfTheRequest(String name) {
    return FieldChange.isFree(name) && !name.startsWith("content-");
  }

  private static List<FieldChange> fields(HeaderBlock fields, Predicate<String> wanted) {
    List<FieldChange> all = new ArrayList<>();
    for (int i = 0; i < fields.count(); i++) {
      if (wanted.test(fields.nameText(i))) {
        all.add(
            new FieldChange(
                Octets.ascii(fields.nameText(i)),
                Arrays.copyOfRange(
                    fields.bytes(),
                    fields.valueOffset(i),
                    fields.valueOffset(i) + fields.valueLength(i)),
                FieldChange.Action.ADD));
      }
    }
    return all;
  }
}
