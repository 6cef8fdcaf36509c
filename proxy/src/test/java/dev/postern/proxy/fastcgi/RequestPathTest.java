package dev.postern.proxy.fastcgi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestPathTest {
  private final RequestPath path = new RequestPath();

  @ParameterizedTest
  @CsvSource(
      value = {
        "/ | / | /index.php |",
        "/a | /a | /a |",
        "/a/ | /a/ | /a/index.php |",
        "//a///b | /a/b | /a/b |",
        "/a/./b/. | /a/b/ | /a/b/index.php |",
        "/a/../b | /b | /b |",
        "/a/b/.. | /a/ | /a/index.php |",
        "/a/%2e%2E/b | /b | /b |",
        "/a%2f..%2Fb | /b | /b |",
        "/a%20b | /a b | /a b |",
        "/%252e%252e/x | /%2e%2e/x | /%2e%2e/x |",
        "/... | /... | /... |",
        "/..a/b..  | /..a/b.. | /..a/b.. |",
        "/index.php | /index.php | /index.php |",
        "/index.php/ | /index.php/ | /index.php | /",
        "/index.php/x/y | /index.php/x/y | /index.php | /x/y",
        "/index.PHP/x | /index.PHP/x | /index.PHP | /x",
        "/a.php/b.php/c | /a.php/b.php/c | /a.php | /b.php/c",
        "/up.jpg/x.php | /up.jpg/x.php | /up.jpg/x.php |",
        "/a.phpx/b | /a.phpx/b | /a.phpx/b |",
        "/x.phar/y | /x.phar/y | /x.phar | /y",
        "/a%2ephp%2fb | /a.php/b | /a.php | /b",
        "/.php/x | /.php/x | /.php | /x",
      },
      delimiter = '|',
      emptyValue = "")
  void aPathIsDecodedOnceNormalisedAndSplit(String raw, String uri, String script, String info) {
    assertThat(read(raw, ".php", ".phar")).isEmpty();
    assertThat(uri()).isEqualTo(uri);
    assertThat(script()).isEqualTo(script);
    assertThat(info()).isEqualTo(info == null ? "" : info);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "*",
        "a",
        "%2fa",
        "/..",
        "/../a",
        "/a/../../b",
        "/%2e%2e/etc/passwd",
        "/%2e./x",
        "/a/..%2f..%2fb",
        "/a%00",
        "/index.php%0a/x",
        "/index.php/%0d",
        "/%7f",
        "/%1",
        "/%",
        "/%zz",
        "/%-1",
        "/a%5c..%5cb",
        "/a\\b",
        "/%09",
      })
  void aPathThatCouldMeanTwoThingsIsRefused(String raw) {
    assertThat(read(raw, ".php")).isNotEmpty();
  }

  @Test
  void otherLettersThanAsciiAreNotFolded() {
    // U+212A, the Kelvin sign, is k in lower case; U+023A grows when it is.
    assertThat(read("/a.ph%E2%84%AA/x", ".phk")).isEmpty();
    assertThat(info()).isEmpty();
    assertThat(read("/%C8%BA.php/x", ".php")).isEmpty();
    assertThat(script()).isEqualTo("/\u00c8\u00ba.php");
    assertThat(info()).isEqualTo("/x");
  }

  @Test
  void aScriptThatIsNamedTakesEveryPathAndItsOwnGoesOn() {
    RequestPath.Rules rules = rules("/index.php", ".php");
    for (String raw : new String[] {"/", "/a/b", "/other.php/x", "/index.phpx/y"}) {
      assertThat(path.read(raw.getBytes(ISO_8859_1), 0, raw.length(), rules)).isEmpty();
      assertThat(script()).isEqualTo("/index.php");
      assertThat(info()).as(raw).isEmpty();
    }
    String raw = "/index.php/a/";
    assertThat(path.read(raw.getBytes(ISO_8859_1), 0, raw.length(), rules)).isEmpty();
    assertThat(info()).isEqualTo("/a/");
  }

  @Test
  void whateverComesStaysUnderTheRootAndConsistent() {
    String[] words = {
      "/",
      "..",
      ".",
      "%2e",
      "%2f",
      "%5c",
      "%00",
      "a",
      ".php",
      "%",
      "//",
      "%25",
      "b.PHP/",
      "\\",
      "%0a",
      "\u00ff",
      "%E2%84%AA"
    };
    int read = 0;
    for (long seed = 0; seed < 50_000; seed++) {
      Random random = new Random(seed);
      StringBuilder raw = new StringBuilder("/");
      for (int i = random.nextInt(12); i > 0; i--) {
        raw.append(words[random.nextInt(words.length)]);
      }
      if (!read(raw.toString(), ".php").isEmpty()) {
        continue;
      }
      read++;
      String uri = uri();
      assertThat(uri).as("seed %s: %s", seed, raw).startsWith("/").doesNotContain("//", "\\");
      assertThat(uri.chars().allMatch(c -> c >= ' ' && c != 0x7f)).isTrue();
      assertThat(Arrays.asList(uri.split("/", -1))).doesNotContain(".", "..");
      if (info().isEmpty()) {
        assertThat(script()).isEqualTo(uri.endsWith("/") ? uri + "index.php" : uri);
      } else {
        assertThat(script() + info()).isEqualTo(uri);
        assertThat(script()).endsWithIgnoringCase(".php");
        assertThat(info()).startsWith("/");
      }
    }
    assertThat(read).isGreaterThan(5_000);
  }

  private String read(String raw, String... suffixes) {
    byte[] octets = raw.getBytes(ISO_8859_1);
    return path.read(octets, 0, octets.length, rules("", suffixes));
  }

  private static RequestPath.Rules rules(String only, String... suffixes) {
    return new RequestPath.Rules(
        "index.php".getBytes(ISO_8859_1),
        Arrays.stream(suffixes).map(s -> s.getBytes(ISO_8859_1)).toArray(byte[][]::new),
        only.getBytes(ISO_8859_1));
  }

  private String uri() {
    return new String(path.bytes(), 0, path.uriLength(), ISO_8859_1);
  }

  private String script() {
    return new String(path.script(), 0, path.scriptLength(), ISO_8859_1);
  }

  private String info() {
    return new String(path.bytes(), path.infoOffset(), path.infoLength(), ISO_8859_1);
  }
}
