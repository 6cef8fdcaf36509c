package dev.postern.e2e.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.e2e.fixture.Manifests;
import dev.postern.gatewayapi.ResourceDelta;
import dev.postern.gatewayapi.Translator;
import dev.postern.gatewayapi.load.Manifest;
import dev.postern.gatewayapi.resource.Resource;
import dev.postern.gatewayapi.status.ObjectStatus;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The docs list the suite's tests beside the cases that stand for them. {@code
 * -Dgolden.update=true} rewrites them. That a case passes, or fails as it says, is what running it
 * shows ({@link Suite}).
 */
class ConformanceDocTest {
  private static final Path ROOT = Path.of(System.getProperty("postern.root", ".."));
  private static final Path DOCS = ROOT.resolve("docs/conformance.md");
  private static final String GOLDEN = "gatewayapi/src/test/resources/golden";
  private static final String GOLDEN_MARK = "# Conformance: ";

  /** The suite has no tests for them yet; what shows them are tests of the proxy. */
  private static final Set<String> UNTESTED =
      Set.of(
          "HTTPRouteExternalAuthForwardBody",
          "HTTPRouteRetryBackendTimeout",
          "HTTPRouteRetryConnectionError");

  private static final String BEGIN = "<!-- generated -->\n";

  /**
   * A line of {@code tests.txt}.
   *
   * @param reason why there is no case; empty for none
   */
  private record Row(String group, String name, String features, String reason) {}

  @Test
  void docsShowTheCases() throws Exception {
    String docs = Files.readString(DOCS);
    int begin = docs.indexOf(BEGIN) + BEGIN.length();
    assertThat(begin).isGreaterThan(BEGIN.length());
    String wanted = docs.substring(0, begin) + tables(rows(), cases(), goldenCases());
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(DOCS, wanted);
      return;
    }
    assertThat(docs).as("docs/conformance.md; ./dev golden rewrites it").isEqualTo(wanted);
  }

  @Test
  void everyTestHasACaseOrAReason() throws Exception {
    Map<String, Method> cases = cases();
    for (Row row : rows()) {
      assertThat(cases.containsKey(row.name()))
          .as("%s has a case (%s)", row.name(), row.reason())
          .isEqualTo(row.reason().isEmpty());
    }
    assertThat(rows().stream().map(Row::name)).doesNotHaveDuplicates().containsAll(cases.keySet());
  }

  @Test
  void everyCaseHasAGoldenOneBesides() throws Exception {
    assertThat(goldenCases().keySet()).containsExactlyInAnyOrderElementsOf(cases().keySet());
  }

  /** What we claim is what cases show that pass. */
  @Test
  void aFeatureIsClaimedExactlyWhenItsCasesPass() throws Exception {
    Map<String, Method> cases = cases();
    Set<String> shown = new TreeSet<>(UNTESTED);
    Set<String> lacking = new TreeSet<>();
    for (Row row : rows()) {
      Method method = cases.get(row.name());
      if (method != null) {
        boolean passes = method.getAnnotation(Upstream.class).fails().isEmpty();
        (passes ? shown : lacking).addAll(List.of(row.features().split(", ")));
      }
    }
    shown.removeAll(lacking);
    assertThat(claimed()).containsExactlyElementsOf(shown);
  }

  private static List<String> claimed() {
    List<Resource> classes = Manifest.load("class.yaml", Manifests.gatewayClass()).resources();
    return new Translator()
        .apply(new ResourceDelta(classes, List.of())).statuses().values().stream()
            .map(ObjectStatus.OfGatewayClass.class::cast)
            .flatMap(status -> status.supportedFeatures().stream())
            .toList();
  }

  @Test
  void everyFolderIsUsed() throws Exception {
    try (Stream<Path> folders = Files.list(Case.ROOT)) {
      assertThat(
              new TreeSet<>(
                  folders
                      .filter(Files::isDirectory)
                      .map(Path::getFileName)
                      .map(Path::toString)
                      .toList()))
          .isEqualTo(new TreeSet<>(cases().keySet()));
    }
  }

  private static List<Row> rows() throws IOException {
    List<Row> rows = new ArrayList<>();
    String group = "";
    for (String line : Files.readAllLines(Case.ROOT.resolve("tests.txt"))) {
      if (line.startsWith("## ")) {
        group = line.substring(3);
      } else if (!line.isBlank() && !line.startsWith("#")) {
        String[] reason = line.split(" -- ", 2);
        String[] features = reason[0].split("\\*?: |\\*$", 2);
        rows.add(
            new Row(
                group,
                features[0],
                features.length == 2 ? features[1] : "",
                reason.length == 2 ? reason[1] : ""));
      }
    }
    return rows;
  }

  /** The methods with {@link Upstream} of the classes of this package. */
  private static Map<String, Method> cases() throws IOException, URISyntaxException {
    Map<String, Method> cases = new TreeMap<>();
    Class<?> here = ConformanceDocTest.class;
    Path root = Path.of(here.getProtectionDomain().getCodeSource().getLocation().toURI());
    try (Stream<Path> files = Files.list(root.resolve(here.getPackageName().replace('.', '/')))) {
      for (Path file : files.filter(one -> one.toString().endsWith("IT.class")).toList()) {
        String name = file.getFileName().toString().replace(".class", "");
        for (Method method :
            Class.forName(here.getPackageName() + "." + name).getDeclaredMethods()) {
          Upstream upstream = method.getAnnotation(Upstream.class);
          if (upstream != null) {
            assertThat(cases.put(upstream.value(), method)).as(upstream.value()).isNull();
          }
        }
      }
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
    return cases;
  }

  /** By the upstream test, the golden cases whose first line names it. */
  private static Map<String, List<String>> goldenCases() throws IOException {
    Map<String, List<String>> golden = new TreeMap<>();
    try (Stream<Path> folders = Files.list(ROOT.resolve(GOLDEN))) {
      for (Path folder : folders.sorted().toList()) {
        String first = Files.readAllLines(folder.resolve("in.yaml")).getFirst();
        if (first.startsWith(GOLDEN_MARK)) {
          for (String test : first.substring(GOLDEN_MARK.length()).split(", ")) {
            golden
                .computeIfAbsent(test, _ -> new ArrayList<>())
                .add(folder.getFileName().toString());
          }
        }
      }
    }
    return golden;
  }

  private static String tables(
      List<Row> rows, Map<String, Method> cases, Map<String, List<String>> golden) {
    Map<String, StringBuilder> tables = new LinkedHashMap<>();
    for (Row row : rows) {
      tables
          .computeIfAbsent(
              row.group(),
              group ->
                  new StringBuilder("\n## ")
                      .append(group)
                      .append(
                          "\n\n| Test | Features | Case | Golden case | |\n|---|---|---|---|---|\n"))
          .append(line(row, cases, golden.getOrDefault(row.name(), List.of())));
    }
    return String.join("", tables.values());
  }

  private static String line(Row row, Map<String, Method> cases, List<String> golden) {
    String where = "";
    String result = "no case: " + row.reason();
    Method method = cases.get(row.name());
    if (method != null) {
      where =
          "[%s](../e2e/src/test/resources/conformance/%s), `%s.%s`"
              .formatted(
                  "manifests",
                  row.name(),
                  method.getDeclaringClass().getSimpleName(),
                  method.getName());
      String fails = method.getAnnotation(Upstream.class).fails();
      result = fails.isEmpty() ? "passes" : "fails: " + fails;
    }
    String links =
        golden.stream()
            .map(folder -> "[%s](../%s/%s)".formatted(folder, GOLDEN, folder))
            .collect(Collectors.joining(", "));
    return "| %s | %s | %s | %s | %s |\n"
        .formatted(row.name(), row.features(), where, links, result);
  }
}
