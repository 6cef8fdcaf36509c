package dev.postern.e2e.hardening;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.w3c.dom.Element;

/// What sslscan found out about a port.
///
/// @param report its XML
/// @param text what it printed, which alone tells of OCSP
record Sslscan(Path report, String text) {
  private static final long PATIENCE_SECONDS = 120;

  static Sslscan of(Path folder, int port, String serverName) throws Exception {
    Path report = folder.resolve("sslscan-" + port + ".xml");
    Path said = folder.resolve("sslscan-" + port + ".txt");
    Process sslscan =
        new ProcessBuilder(
                "sslscan",
                "--no-colour",
                "--show-sigs",
                "--ocsp",
                "--sni-name=" + serverName,
                "--xml=" + report,
                "127.0.0.1:" + port)
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    try {
      assertThat(sslscan.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("sslscan ends").isTrue();
    } finally {
      sslscan.destroyForcibly();
    }
    return new Sslscan(report, Files.readString(said));
  }

  /// Such as `tls 1.2`.
  Set<String> versions() throws Exception {
    return Xml.elements(report, "protocol").stream()
        .filter(protocol -> protocol.getAttribute("enabled").equals("1"))
        .map(protocol -> protocol.getAttribute("type") + " " + protocol.getAttribute("version"))
        .collect(toCollection(TreeSet::new));
  }

  /// What the server takes of a version such as `TLSv1.2`, the one that it prefers first.
  List<String> ciphers(String version) throws Exception {
    return values("cipher", "cipher", version);
  }

  Set<String> groups() throws Exception {
    return Set.copyOf(values("group", "name", ""));
  }

  /// Algorithms by which the server proves that it has its key.
  Set<String> signatures() throws Exception {
    return Set.copyOf(values("connection-signature-algorithm", "name", ""));
  }

  private List<String> values(String element, String attribute, String version) throws Exception {
    return Xml.elements(report, element).stream()
        .filter(found -> found.getAttribute("sslversion").startsWith(version))
        .map(found -> found.getAttribute(attribute))
        .toList();
  }

  /// Old holes, by name.
  Set<String> holes() throws Exception {
    Set<String> holes = new TreeSet<>();
    for (Element heartbleed : Xml.elements(report, "heartbleed")) {
      if (!heartbleed.getAttribute("vulnerable").equals("0")) {
        holes.add("heartbleed");
      }
    }
    for (Element compression : Xml.elements(report, "compression")) {
      if (!compression.getAttribute("supported").equals("0")) {
        holes.add("compression");
      }
    }
    for (Element renegotiation : Xml.elements(report, "renegotiation")) {
      if (renegotiation.getAttribute("supported").equals("1")
          && !renegotiation.getAttribute("secure").equals("1")) {
        holes.add("renegotiation");
      }
    }
    for (Element cipher : Xml.elements(report, "cipher")) {
      if (!Set.of("strong", "acceptable").contains(cipher.getAttribute("strength"))) {
        holes.add(cipher.getAttribute("cipher"));
      }
    }
    return holes;
  }
}
