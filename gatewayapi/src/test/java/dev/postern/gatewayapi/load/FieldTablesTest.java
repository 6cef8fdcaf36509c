package dev.postern.gatewayapi.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.gatewayapi.load.Schema.Doc;
import dev.postern.gatewayapi.load.Schema.Field;
import dev.postern.gatewayapi.load.Schema.NotHonoured;
import dev.postern.gatewayapi.load.Schema.Obj;
import dev.postern.gatewayapi.resource.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * The tables in the documentation are made from the schemas that objects are read with. {@code
 * -Dgolden.update=true} rewrites them, between the marks.
 */
class FieldTablesTest {
  private static final Path FOREIGN = Path.of("../docs/foreign-kinds.md");
  private static final Path OWN = Path.of("../docs/backend-connection-policy.md");

  @Test
  void everyFieldOfForeignKindsIsInTheDocumentation() throws IOException {
    for (Kind kind :
        List.of(
            Kind.X_BACKEND,
            Kind.ENVOY_BACKEND,
            Kind.KGATEWAY_BACKEND,
            Kind.BACKEND_CONFIG_POLICY,
            Kind.DESTINATION_RULE)) {
      expect(FOREIGN, kind.toString(), foreignTable(kind));
    }
  }

  @Test
  void everyFieldOfBackendConnectionPolicyIsInTheDocumentation() throws IOException {
    StringBuilder table = new StringBuilder("| field | what it is for |\n|---|---|\n");
    for (Row row : rows(Kind.BACKEND_CONNECTION_POLICY)) {
      table.append("| `%s` | %s |\n".formatted(row.path(), row.doc().text()));
    }
    expect(OWN, Kind.BACKEND_CONNECTION_POLICY.toString(), table.toString());
  }

  private record Row(String path, String honoured, Doc doc) {}

  private static String foreignTable(Kind kind) {
    StringBuilder table =
        new StringBuilder("| field | honoured | what becomes of it |\n|---|---|---|\n");
    for (Row row : rows(kind)) {
      table.append("| `%s` | %s | %s |\n".formatted(row.path(), row.honoured(), row.doc().text()));
    }
    return table.toString();
  }

  private static List<Row> rows(Kind kind) {
    List<Row> rows = new ArrayList<>();
    KindTable.Entry entry = Objects.requireNonNull(KindTable.of(kind));
    collect("spec", (Obj) entry.schema().field("spec").schema(), rows);
    return rows;
  }

  private static void collect(String at, Obj obj, List<Row> rows) {
    for (String name : obj.names()) {
      Field field = obj.field(name);
      String path = at + "." + name;
      Doc doc = obj.docOf(name);
      if (field.schema() instanceof NotHonoured(String advice)) {
        rows.add(new Row(path, "no, a finding", new Doc(advice, false)));
      } else if (doc != null) {
        rows.add(new Row(path, doc.refused() ? "refused, 500" : "yes", doc));
      }
      Schema inner = field.schema() instanceof Schema.ListOf list ? list.items() : field.schema();
      if (inner instanceof Obj below && !(doc != null && isKnownShape(name, below))) {
        int before = rows.size();
        collect(field.schema() instanceof Schema.ListOf ? path + "[]" : path, below, rows);
        assertThat(doc != null || rows.size() > before)
            .as("somebody says what becomes of " + path)
            .isTrue();
      } else {
        assertThat(doc != null || field.schema() instanceof NotHonoured)
            .as("somebody says what becomes of " + path)
            .isTrue();
      }
    }
  }

  /** What is told elsewhere, part by part. */
  private static boolean isKnownShape(String name, Obj obj) {
    return name.equals("portLevelSettings")
        || name.equals("validation")
        || (obj.names().contains("kind") && obj.docOf("kind") == null);
  }

  private static void expect(Path file, String mark, String table) throws IOException {
    String begin = "<!-- fields of " + mark + " -->\n\n";
    String end = "\n<!-- end -->";
    String text = Files.readString(file);
    int from = text.indexOf(begin);
    assertThat(from).as("the mark " + begin + " in " + file).isNotNegative();
    from += begin.length();
    int to = text.indexOf(end, from);
    if (Boolean.getBoolean("golden.update")) {
      text = text.substring(0, from) + table + text.substring(to);
      Files.writeString(file, text);
      to = text.indexOf(end, from);
    }
    assertThat(table).isEqualTo(text.substring(from, to));
  }
}
