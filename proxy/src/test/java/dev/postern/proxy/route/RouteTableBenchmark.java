package dev.postern.proxy.route;

import dev.postern.ir.Route;
import dev.postern.ir.VirtualHost;
import dev.postern.proxy.message.RequestHead;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// CPU nanoseconds and octets of garbage for each match, at 10 to 100,000 routes in one host or in
/// many, and what it costs to compile again after one of 10,000 virtual hosts changed. Run its
/// main.
final class RouteTableBenchmark {
  private static final int REQUESTS = 1024;
  private static final int ROUNDS = 2000;

  private RouteTableBenchmark() {}

  public static void main(String[] args) {
    for (int pass = 0; pass < 2; pass++) {
      for (int routes : new int[] {10, 1_000, 100_000}) {
        match(routes, "one host", List.of(new VirtualHost("*", prefixes(routes))), i -> "h");
        match(routes, "a host each", hosts(routes), i -> "host-" + i + ".example.com");
      }
    }
    recompile(10_000);
  }

  private static void match(
      int routes,
      String shape,
      List<VirtualHost> hosts,
      java.util.function.IntFunction<String> host) {
    RouteTable<Route> table = RouteTable.compile(Routes.configuration(hosts), null, r -> r);
    RequestHead[] requests = new RequestHead[REQUESTS];
    for (int i = 0; i < REQUESTS; i++) {
      int n = (int) ((long) i * 7919 % routes);
      requests[i] =
          Requests.request(
              "GET", host.apply(n) + ":8080", "/service-" + n + "/some/path", "accept", "*/*");
    }
    int found = 0;
    long allocated = allocated();
    long start = cpuNanos();
    for (int round = 0; round < ROUNDS; round++) {
      for (RequestHead request : requests) {
        found += table.match(request) == null ? 0 : 1;
      }
    }
    long matches = (long) ROUNDS * REQUESTS;
    if (found != matches) {
      throw new AssertionError("only " + found + " of " + matches + " matched");
    }
    System.out.printf(
        Locale.ROOT,
        "%,9d routes, %-12s %6.1f ns  %5.2f octets%n",
        routes,
        shape,
        (cpuNanos() - start) / (double) matches,
        (allocated() - allocated) / (double) matches);
  }

  private static void recompile(int count) {
    List<VirtualHost> hosts = new ArrayList<>(hosts(count));
    RouteTable<Route> table = RouteTable.compile(Routes.configuration(hosts), null, r -> r);
    for (int i = 0; i < 200; i++) {
      int n = i * 37 % count;
      hosts.set(n, Routes.host(hosts.get(n).domain(), Routes.prefix("/changed")));
      var changed = Routes.configuration(hosts);
      long start = cpuNanos();
      table = RouteTable.compile(changed, table, r -> r);
      if (i == 0 || i == 10 || i == 199) {
        System.out.printf(
            Locale.ROOT,
            "compile %,d hosts of which one changed, time %d: %,d us%n",
            count,
            i,
            (cpuNanos() - start) / 1000);
      }
    }
  }

  private static List<Route> prefixes(int count) {
    List<Route> routes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      routes.add(Routes.prefix("/service-" + i));
    }
    return routes;
  }

  private static List<VirtualHost> hosts(int count) {
    List<VirtualHost> hosts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      hosts.add(Routes.host("host-" + i + ".example.com", Routes.prefix("/service-" + i)));
    }
    return hosts;
  }

  /// Of this thread: the machine may be busy with other things.
  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static long allocated() {
    return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
        .getCurrentThreadAllocatedBytes();
  }
}
