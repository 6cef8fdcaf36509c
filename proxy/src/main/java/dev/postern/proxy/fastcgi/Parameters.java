package dev.postern.proxy.fastcgi;

import dev.postern.ir.FastCgiOptions;
import dev.postern.ir.FastCgiOptions.Param;
import dev.postern.ir.FastCgiTemplate;
import dev.postern.proxy.message.HeaderBlock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// The parameters of a configuration, compiled: what a request needs is octets and places. May be
/// used by several loops at a time.
final class Parameters {
  static final String SCRIPT_FILENAME = "SCRIPT_FILENAME";

  /// Constant pairs that follow one another are written at once, up to this many octets.
  private static final int MAX_BLOCK = 16 * 1024;

  private static final String HEADER_PREFIX = "HTTP_";

  /// A parameter whose value depends on the request, or octets of pairs that do not.
  private sealed interface Entry {
    record Constant(byte[] pairs) implements Entry {}

    /// @param needed left out when this is empty, unless it has no pieces
    record Variable(byte[] name, RequestVariables.Piece[] value, RequestVariables.Piece[] needed)
        implements Entry {}
  }

  private final Entry[] entries;
  private final byte[] documentRoot;
  private final RequestPath.Rules rules;
  private final HeaderParameters headers;
  private final boolean uriIsRewritten;

  private Parameters(
      Entry[] entries,
      byte[] documentRoot,
      RequestPath.Rules rules,
      HeaderParameters headers,
      boolean uriIsRewritten) {
    this.entries = entries;
    this.documentRoot = documentRoot;
    this.rules = rules;
    this.headers = headers;
    this.uriIsRewritten = uriIsRewritten;
  }

  /// Compiles. Parameters that are listed take the place of those that are sent by themselves, and
  /// of a client's header field that would get the same name.
  static Parameters compile(FastCgiOptions options) {
    Map<String, Param> all = new LinkedHashMap<>();
    StandardParameters.of(options).forEach(p -> all.put(p.name(), p));
    options.params().forEach(p -> all.put(p.name(), p));
    // What is listed is sent also when it is empty.
    Set<String> listed = options.params().stream().map(Param::name).collect(Collectors.toSet());
    List<Entry> entries = new ArrayList<>();
    ByteBuf constants = Unpooled.buffer();
    for (Param param : all.values()) {
      List<FastCgiTemplate.Part> parts = parts(param, options);
      byte[] name = octets(param.name());
      if (parts.isEmpty() && param.name().startsWith(HEADER_PREFIX)) {
        // As at nginx: that hides a client's header, and sends nothing in its place.
        continue;
      }
      if (parts.stream().allMatch(FastCgiTemplate.Text.class::isInstance)) {
        constant(name, parts, constants, entries);
      } else {
        flush(constants, entries);
        String needed =
            listed.contains(param.name())
                ? ""
                : StandardParameters.needed(param, options.parameters());
        entries.add(
            new Entry.Variable(
                name,
                RequestVariables.compile(parts),
                RequestVariables.compile(FastCgiTemplate.parse(needed).parts())));
      }
    }
    flush(constants, entries);
    return new Parameters(
        entries.toArray(Entry[]::new),
        octets(StandardParameters.documentRoot(options)),
        rules(options),
        new HeaderParameters(
            all.keySet().stream()
                .filter(n -> n.startsWith(HEADER_PREFIX))
                .map(n -> n.substring(HEADER_PREFIX.length()))
                .toList(),
            options.parameters() == FastCgiOptions.Parameters.INGRESS_NGINX),
        options.parameters() != FastCgiOptions.Parameters.INGRESS_NGINX);
  }

  private static List<FastCgiTemplate.Part> parts(Param param, FastCgiOptions options) {
    if (param.name().equals(SCRIPT_FILENAME)
        && options.scriptFilename().isPresent()
        && !options.params().contains(param)) {
      return List.of(new FastCgiTemplate.Text(options.scriptFilename().get()));
    }
    return FastCgiTemplate.parse(param.value()).parts();
  }

  private static void constant(
      byte[] name, List<FastCgiTemplate.Part> parts, ByteBuf constants, List<Entry> entries) {
    StringBuilder text = new StringBuilder();
    parts.forEach(part -> text.append(((FastCgiTemplate.Text) part).text()));
    byte[] value = octets(text.toString());
    if (constants.readableBytes() + ParamsWriter.size(name.length, value.length) > MAX_BLOCK) {
      flush(constants, entries);
    }
    ParamsWriter.encode(name, value, constants);
  }

  private static void flush(ByteBuf constants, List<Entry> entries) {
    if (constants.isReadable()) {
      entries.add(new Entry.Constant(ByteBufUtil.getBytes(constants)));
      constants.clear();
    }
  }

  private static RequestPath.Rules rules(FastCgiOptions options) {
    byte[][] suffixes =
        options.splitPath().stream()
            .filter(s -> !s.isEmpty())
            .map(s -> octets(s.toLowerCase(Locale.ROOT)))
            .toArray(byte[][]::new);
    String root = StandardParameters.documentRoot(options);
    byte[] only = options.scriptFilename().map(s -> octets(below(root, s))).orElse(new byte[0]);
    return new RequestPath.Rules(octets(options.index()), suffixes, only);
  }

  /// What a script's file is called in a URL: its path below the document root, else its name.
  private static String below(String root, String file) {
    return file.startsWith(root + "/")
        ? file.substring(root.length())
        : "/" + file.substring(file.lastIndexOf('/') + 1);
  }

  /// Whether REQUEST_URI follows a route's URLRewrite. That of nginx never changes, whatever its
  /// `rewrite` does.
  boolean uriIsRewritten() {
    return uriIsRewritten;
  }

  byte[] documentRoot() {
    return documentRoot;
  }

  /// How this configuration reads paths.
  RequestPath.Rules rules() {
    return rules;
  }

  /// Writes all parameters of a request and ends their stream.
  ///
  /// @param request of this configuration
  /// @return false when one is too long to be sent
  boolean write(RequestVariables request, HeaderBlock fields, ByteBuf out) {
    ParamsWriter writer = new ParamsWriter(out);
    for (Entry entry : entries) {
      switch (entry) {
        case Entry.Constant constant -> {
          if (!writer.encoded(constant.pairs)) {
            return false;
          }
        }
        case Entry.Variable variable -> {
          if (!write(variable, request, writer)) {
            return false;
          }
        }
      }
    }
    if (!headers.write(fields, writer)) {
      return false;
    }
    writer.end();
    return true;
  }

  private static boolean write(
      Entry.Variable variable, RequestVariables request, ParamsWriter writer) {
    if (variable.needed.length > 0 && request.length(variable.needed) == 0) {
      return true;
    }
    int length = request.length(variable.value);
    if (!writer.pair(variable.name.length, length)) {
      return false;
    }
    writer.out().writeBytes(variable.name);
    request.write(variable.value, writer.out());
    return true;
  }

  private static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
