package dev.postern.proxy.hpack;

import dev.postern.proxy.message.Octets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The fields that both sides know from the start (RFC 7541 appendix A).
final class StaticTable {
  /// A name, and for each of its entries a value.
  private static final List<String> LINES =
      """
      :authority:
      :method:GET
      :method:POST
      :path:/
      :path:/index.html
      :scheme:http
      :scheme:https
      :status:200
      :status:204
      :status:206
      :status:304
      :status:400
      :status:404
      :status:500
      accept-charset:
      accept-encoding:gzip, deflate
      accept-language:
      accept-ranges:
      accept:
      access-control-allow-origin:
      age:
      allow:
      authorization:
      cache-control:
      content-disposition:
      content-encoding:
      content-language:
      content-length:
      content-location:
      content-range:
      content-type:
      cookie:
      date:
      etag:
      expect:
      expires:
      from:
      host:
      if-match:
      if-modified-since:
      if-none-match:
      if-range:
      if-unmodified-since:
      last-modified:
      link:
      location:
      max-forwards:
      proxy-authenticate:
      proxy-authorization:
      range:
      referer:
      refresh:
      retry-after:
      server:
      set-cookie:
      strict-transport-security:
      transfer-encoding:
      user-agent:
      vary:
      via:
      www-authenticate:
      """
          .lines()
          .toList();

  /// How many there are; the dynamic table begins behind them.
  static final int SIZE = LINES.size();

  static final int AUTHORITY = 1;
  static final int METHOD = 2;
  static final int METHOD_GET = 2;
  static final int METHOD_POST = 3;
  static final int PATH = 4;
  static final int SCHEME_HTTP = 6;
  static final int SCHEME_HTTPS = 7;
  static final int STATUS = 8;

  private static final TableEntry[] ENTRIES = new TableEntry[SIZE + 1];
  private static final Map<String, Integer> BY_NAME = new HashMap<>();

  static {
    Map<String, FieldName> names = new HashMap<>();
    for (int i = 1; i <= SIZE; i++) {
      String line = LINES.get(i - 1);
      int colon = line.indexOf(':', 1);
      String name = line.substring(0, colon);
      FieldName same = names.computeIfAbsent(name, n -> FieldName.of(Octets.ascii(n)));
      ENTRIES[i] = TableEntry.of(same, Octets.ascii(line.substring(colon + 1)));
      BY_NAME.putIfAbsent(name, i);
    }
  }

  private StaticTable() {}

  /// @param index from 1
  static TableEntry entry(int index) {
    return ENTRIES[index];
  }

  /// The first entry of that name; 0 when there is none.
  static int find(String name) {
    return BY_NAME.getOrDefault(name, 0);
  }
}
