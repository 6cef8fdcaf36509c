package dev.postern.app.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.proxy.stat.ClusterStat;
import dev.postern.proxy.stat.HttpStat;
import dev.postern.proxy.stat.ListenerStat;
import dev.postern.proxy.stat.TcpStat;
import dev.postern.proxy.stat.UdpStat;
import dev.postern.stats.StatSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class DocumentedStatsTest {
  /** Documented as `_1xx` to `_5xx`. */
  private static final Pattern OF_A_CLASS = Pattern.compile("_[234]xx$");

  @Test
  void docsListEveryStat() throws IOException {
    String docs = Files.readString(Path.of("..", "docs", "admin.md"));
    List<StatSchema> all =
        List.of(
            ClusterStat.SCHEMA,
            HttpStat.SCHEMA,
            ListenerStat.SCHEMA,
            TcpStat.SCHEMA,
            UdpStat.SCHEMA);
    assertThat(all.stream().flatMap(schema -> schema.stats().stream()).map(StatSchema.Stat::name))
        .filteredOn(name -> !OF_A_CLASS.matcher(name).find())
        .allSatisfy(name ->
            assertThat(docs).containsAnyOf("`" + name + "`", "`" + name.replace("ssl.", "") + "`"));
  }
}
