package dev.postern.e2e.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.e2e.fixture.RawResponse;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What an {@link EchoServer} says that it got. */
record Echo(Map<String, Object> json) {

  @SuppressWarnings("unchecked") // JSON
  static Echo of(RawResponse response) {
    assertThat(response.value("content-type")).isEqualTo("application/json");
    return new Echo(
        (Map<String, Object>)
            new Load(LoadSettings.builder().build()).loadFromString(response.text()));
  }

  String text(String field) {
    return String.valueOf(json.get(field));
  }

  /** The values of a request's field, joined; empty for none. */
  @SuppressWarnings("unchecked") // JSON
  String header(String name) {
    Map<String, List<String>> headers = (Map<String, List<String>>) json.get("headers");
    return String.join(",", headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of()));
  }
}
