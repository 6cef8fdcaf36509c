package dev.postern.e2e.certificates;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Makes certificates with the openssl program, and asks it what it thinks of a server. */
final class Openssl {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

  private final Path folder;
  private final Map<String, Path> keys = new ConcurrentHashMap<>();
  private final Map<Path, Path> requests = new ConcurrentHashMap<>();
  private final AtomicInteger count = new AtomicInteger();
  private final Map<String, Issued> shared = new ConcurrentHashMap<>();

  Openssl(Path folder) {
    this.folder = folder;
  }

  /** The authority of most rows. */
  Issued authority() {
    return shared.computeIfAbsent("authority", s -> ca("/CN=Authority").make());
  }

  /** An intermediate below {@link #authority}. */
  Issued middle() {
    return shared.computeIfAbsent("middle", s -> ca("/CN=Middle").by(authority()).make());
  }

  /** A server's certificate for a DNS name, or for names as `subjectAltName` takes them. */
  Spec leaf(String names) {
    return new Spec("/CN=leaf")
        .with("subjectAltName", names.contains(":") ? names : "DNS:" + names)
        .with("basicConstraints", "critical,CA:FALSE")
        .with("keyUsage", "critical,digitalSignature")
        .with("extendedKeyUsage", "serverAuth")
        .key("leaf EC P-256");
  }

  /** An authority with a key of its own. */
  Spec ca(String subject) {
    return new Spec(subject)
        .with("basicConstraints", "critical,CA:TRUE")
        .with("keyUsage", "critical,keyCertSign,cRLSign")
        .with("subjectKeyIdentifier", "hash")
        .key(count.incrementAndGet() + " EC P-256");
  }

  /** What is to be in a certificate; signed by its own key unless told otherwise. */
  final class Spec {
    private final Map<String, String> extensions = new LinkedHashMap<>();
    private String subject;
    private @Nullable Issued issuer;
    private String key = "";
    private String hash = "sha256";
    private List<String> signature = List.of();
    private Duration from = Duration.ofDays(-2);
    private Duration to = Duration.ofDays(30);

    private Spec(String subject) {
      this.subject = subject;
    }

    Spec by(Issued issuer) {
      this.issuer = issuer;
      return this;
    }

    Spec subject(String subject) {
      this.subject = subject;
      return this;
    }

    /** Sets an extension as openssl's configuration has it. */
    Spec with(String name, String value) {
      extensions.put(name, value);
      return this;
    }

    Spec without(String... names) {
      for (String name : names) {
        extensions.remove(name);
      }
      return this;
    }

    /** The last word is the kind, `EC P-256` or `RSA 1024`; equal texts are one key. */
    Spec key(String key) {
      this.key = key;
      return this;
    }

    Spec hash(String hash, String... signatureOptions) {
      this.hash = hash;
      this.signature = List.of(signatureOptions);
      return this;
    }

    Spec days(int from, int to) {
      this.from = Duration.ofDays(from);
      this.to = Duration.ofDays(to);
      return this;
    }

    Spec expired() {
      return days(-30, -1);
    }

    Issued make() {
      Path ownKey = keys.computeIfAbsent(key, Openssl.this::newKey);
      Path request = requests.computeIfAbsent(ownKey, Openssl.this::newRequest);
      Path place = folder.resolve("certificate-" + count.incrementAndGet());
      try {
        Files.createDirectories(place);
        Files.writeString(place.resolve("index.txt"), "");
        Files.writeString(
            place.resolve("ca.cnf"),
            """
            [ca]
            default_ca = this
            [this]
            database = %1$s/index.txt
            new_certs_dir = %1$s
            rand_serial = yes
            unique_subject = no
            email_in_dn = no
            policy = any
            [any]
            organizationName = optional
            commonName = optional
            """
                .formatted(place));
        List<String> lines = new ArrayList<>();
        extensions.forEach((name, value) -> lines.add(name + " = " + value));
        if (issuer != null && !extensions.isEmpty() && issuerHasKeyIdentifier(issuer)) {
          lines.add("authorityKeyIdentifier = keyid");
        }
        Files.write(place.resolve("extensions.cnf"), lines);
        Path certificate = place.resolve("certificate.pem");
        List<String> command = new ArrayList<>(List.of("ca", "-batch", "-notext", "-preserveDN"));
        command.addAll(List.of("-config", place + "/ca.cnf", "-in", request.toString()));
        command.addAll(List.of("-subj", subject, "-md", hash, "-out", certificate.toString()));
        Instant now = Instant.now();
        command.addAll(List.of("-startdate", TIME.format(now.plus(from))));
        command.addAll(List.of("-enddate", TIME.format(now.plus(to))));
        for (String option : signature) {
          command.addAll(List.of("-sigopt", option));
        }
        if (!extensions.isEmpty()) {
          command.addAll(List.of("-extfile", place + "/extensions.cnf"));
        }
        if (issuer == null) {
          command.addAll(List.of("-selfsign", "-keyfile", ownKey.toString()));
        } else {
          command.addAll(List.of("-keyfile", issuer.key().toString()));
          command.addAll(List.of("-cert", issuer.certificate().toString()));
        }
        succeed(command);
        return new Issued(certificate, ownKey);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static boolean issuerHasKeyIdentifier(Issued issuer) {
    return succeed(
            List.of(
                "x509",
                "-noout",
                "-ext",
                "subjectKeyIdentifier",
                "-in",
                issuer.certificate().toString()))
        .contains("Subject Key Identifier");
  }

  private Path newKey(String name) {
    Path file = folder.resolve("key-" + name.replace(' ', '-') + ".pem");
    String[] words = name.split(" ");
    String size = words[words.length - 1];
    List<String> command = new ArrayList<>(List.of("genpkey", "-out", file.toString()));
    switch (words[words.length - 2]) {
      case "EC" ->
          command.addAll(List.of("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:" + size));
      case "RSA" ->
          command.addAll(List.of("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:" + size));
      case "PSS" ->
          command.addAll(List.of("-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:" + size));
      default -> command.addAll(List.of("-algorithm", size));
    }
    succeed(command);
    return file;
  }

  private Path newRequest(Path key) {
    Path file = key.resolveSibling(key.getFileName() + ".csr");
    succeed(List.of("req", "-new", "-key", key + "", "-subj", "/CN=x", "-out", file + ""));
    return file;
  }

  /** What came of a command. */
  record Said(int exit, String output) {}

  private static String succeed(List<String> arguments) {
    Said said = run(arguments);
    if (said.exit() != 0) {
      throw new AssertionError("openssl " + String.join(" ", arguments) + "\n" + said.output());
    }
    return said.output();
  }

  static Said run(List<String> arguments) {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    // Distributions set security levels of their own in it.
    builder.environment().put("OPENSSL_CONF", "/dev/null");
    try {
      Process process = builder.start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Said(process.waitFor(), output);
    } catch (IOException e) {
      throw new UncheckedIOException("openssl does not run; on Debian: apt-get install openssl", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /**
   * What `openssl s_client` says under the rules that Postern follows: any trusted certificate may
   * end a path, security level 1, for servers.
   */
  static Said ask(int port, String wanted, Path trusted) {
    List<String> command = new ArrayList<>(List.of("s_client", "-connect", "127.0.0.1:" + port));
    command.addAll(List.of("-CAfile", trusted.toString(), "-no-CApath", "-no-CAstore"));
    command.addAll(List.of("-partial_chain", "-verify_return_error", "-brief"));
    command.addAll(List.of("-cipher", "DEFAULT:@SECLEVEL=1", "-purpose", "sslserver"));
    if (!wanted.contains("://")) {
      command.addAll(List.of("-servername", wanted, "-verify_hostname", wanted));
    }
    return run(command);
  }

  static Verdict verdict(Said said) {
    if (said.exit() == 0) {
      return Verdict.YES;
    }
    if (said.output().contains("num=62:")) {
      return Verdict.NAME;
    }
    return said.output().contains("verify error:num=") ? Verdict.NO : Verdict.HANDSHAKE;
  }
}
