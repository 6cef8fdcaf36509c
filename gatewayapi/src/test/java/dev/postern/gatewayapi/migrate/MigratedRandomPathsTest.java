package dev.postern.gatewayapi.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever paths a host has, what nginx sent to a guarded one comes to no other. */
class MigratedRandomPathsTest {
  private static final int HOSTS = 200;
  private static final List<String> PATHS =
      List.of(
          "/",
          "/$",
          "/(.*)",
          "/()(.*)",
          "/a",
          "/a/",
          "/a/b",
          "/a/b/",
          "/ab",
          "/A",
          "/v1",
          "/v1x2",
          "/a(/|$)(.*)",
          "/a/b(/|$)(.*)",
          "/v1.2(/|$)(.*)",
          "/v1\\.2(/|$)(.*)",
          "/v1\\.2.*",
          "/[a-z]+",
          "/[a-z]+/b",
          "/a(/.*)?",
          "/a/[0-9]+",
          "/a|/b",
          "/a(?!/x)",
          "/a$",
          "/.b",
          "/a.*b",
          "/a/?",
          "/[0-9]+");
  private static final List<String> REQUESTS =
      List.of(
          "/", "/a", "/A", "/ab", "/AB", "/a/", "/a/b", "/A/B", "/a/b/c", "/a/bc", "/a/7", "/A/7",
          "/b", "/x/b", "/x", "/v1", "/v1.2", "/V1.2/x", "/v1.2/x", "/v1x2", "/v1x2/x", "/7",
          "/a/x", "/.b", "/acb");

  private static final List<String> GUARDS =
      List.of(
          "auth-type=basic",
          "whitelist-source-range=10.0.0.0/8",
          "auth-url=http://auth.default.svc.cluster.local/check");

  private record Path(String name, String text, boolean exact, boolean regex, boolean guarded) {
    String ingress() {
      List<String> all = new ArrayList<>();
      if (regex) {
        all.add("use-regex=true");
      }
      if (text.endsWith("(/|$)(.*)")) {
        all.add("rewrite-target=/$2");
      }
      if (guarded) {
        // Each target converts one of the last two at most.
        all.add(GUARDS.get(name.charAt(1) % GUARDS.size()));
      }
      return Migrated.ingress(name, exact ? "Exact" : "Prefix", text, all.toArray(String[]::new));
    }
  }

  private record At(String expression, Path path) {}

  /** As the controller writes the locations, with the paths as it sorts them. */
  private static List<At> nginx(List<Path> paths) {
    List<At> all = new ArrayList<>();
    paths.stream()
        .sorted(
            Comparator.<Path>comparingInt(path -> path.text().length())
                .thenComparing(Path::text)
                .reversed())
        .forEach(path -> {
          boolean alone =
              path.text().equals("/")
                  || path.exact()
                  || path.regex()
                  || path.ingress().contains("rewrite-target");
          boolean taken =
              paths.stream().anyMatch(other -> other.exact() && other.text().equals(path.text()));
          String slash = path.text().endsWith("/") ? path.text() : path.text() + "/";
          all.add(new At(alone ? path.text() : slash, path));
          if (!alone && !taken) {
            all.add(new At(path.text(), path));
          }
        });
    return all;
  }

  private static Stream<Path> took(List<Path> paths, String request) {
    return nginx(paths).stream()
        .filter(at ->
            Pattern.compile("^" + at.expression(), Pattern.CASE_INSENSITIVE)
                .matcher(request)
                .find())
        .map(At::path)
        .limit(1);
  }

  private static List<Path> host(Random random) {
    List<Path> paths = new ArrayList<>();
    int count = 2 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      String text = PATHS.get(random.nextInt(PATHS.size()));
      boolean exact = random.nextInt(5) == 0;
      if (paths.stream().noneMatch(path -> path.text().equals(text) && path.exact() == exact)) {
        boolean regex = i == 0 || !new PathExpression(text).isLiteral() || random.nextInt(3) == 0;
        paths.add(new Path("i" + i, text, exact, regex, random.nextBoolean()));
      }
    }
    return paths;
  }

  @ParameterizedTest
  @EnumSource(Target.class)
  void nobodyComesPastAGuard(Target target) {
    Random random = new Random(11);
    for (int i = 0; i < HOSTS; i++) {
      List<Path> paths = host(random);
      Migrated made = Migrated.of(target, paths.stream().map(Path::ingress).toArray(String[]::new));
      for (String request : REQUESTS) {
        took(paths, request)
            .filter(Path::guarded)
            .filter(path -> target.isOrderKnown() || isSure(made, path))
            .forEach(path -> {
              for (boolean expressionsFirst : orders(target)) {
                assertThat(TargetOrder.get(made.migration, expressionsFirst, request))
                    .as("%s of %s", request, paths)
                    .isIn("500", "404", path.name());
              }
            });
      }
    }
  }

  private static boolean isSure(Migrated made, Path path) {
    return made.migration.judgements().stream()
        .filter(one -> one.ingress().equals("default/" + path.name()))
        .filter(one -> one.subject().equals("path"))
        .noneMatch(one -> one.verdict() instanceof Verdict.NotPossible);
  }

  private static List<Boolean> orders(Target target) {
    return target.isOrderKnown() ? List.of(target.triesExpressionsFirst()) : List.of(true, false);
  }
}
