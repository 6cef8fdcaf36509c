package dev.postern.proxy.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The operating system's trust store, read when it is first needed and again when it changes: the
/// bundle that `SSL_CERT_FILE` names, else the first usable one of where Linux distributions keep
/// it, else the JDK's own. Where there is none nothing is trusted, and refusals say so.
final class SystemTrust {
  private static final List<Path> BUNDLES =
      List.of(
          Path.of("/etc/ssl/certs/ca-certificates.crt"), // Debian, Alpine
          Path.of("/etc/pki/tls/certs/ca-bundle.crt"), // Fedora
          Path.of("/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem"), // RHEL
          Path.of("/etc/ssl/ca-bundle.pem"), // openSUSE
          Path.of("/etc/ssl/cert.pem"));
  private static final Pattern PEM =
      Pattern.compile(
          "-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----([^-]+)-----END", Pattern.DOTALL);
  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

  private static final SystemTrust SYSTEM =
      new SystemTrust(
          Optional.ofNullable(System.getenv("SSL_CERT_FILE")).map(Path::of),
          BUNDLES,
          Path.of(System.getProperty("java.home"), "lib", "security", "cacerts"));
  private static final AtomicBoolean WATCHED = new AtomicBoolean();

  private final Optional<Path> chosen;
  private final List<Path> bundles;
  private final Path javaStore;
  private final AtomicReference<@Nullable Anchors> read = new AtomicReference<>();
  private List<String> state = List.of();
  private List<String> lastLook = List.of();

  SystemTrust(Optional<Path> chosen, List<Path> bundles, Path javaStore) {
    this.chosen = chosen;
    this.bundles = bundles;
    this.javaStore = javaStore;
  }

  /// Starts to read the store and to look for changes, away from event loops.
  static void watchInBackground() {
    if (WATCHED.compareAndSet(false, true)) {
      Thread.ofVirtual().name("system-trust").start(SystemTrust::watch);
    }
  }

  private static void watch() {
    SYSTEM.now();
    try {
      while (true) {
        Thread.sleep(LOOK_EVERY);
        SYSTEM.look();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// What is trusted at the moment; waits until it is read for the first time.
  static Anchors anchors() {
    return SYSTEM.now();
  }

  /// What is trusted at the moment. The same instance until it changes.
  Anchors now() {
    Anchors known = read.get();
    return known == null ? first() : known;
  }

  private synchronized Anchors first() {
    Anchors known = read.get();
    if (known == null) {
      state = files();
      lastLook = state;
      known = load(chosen, bundles, javaStore);
      read.set(known);
    }
    return known;
  }

  /// Reads it anew if it changed since it was read and not any more since the last look: a file
  /// that is just being written is left alone.
  synchronized void look() {
    List<String> files = files();
    boolean settled = files.equals(lastLook);
    lastLook = files;
    if (settled && !files.equals(state)) {
      state = files;
      read.set(load(chosen, bundles, javaStore));
    }
  }

  private List<String> files() {
    List<String> files = new ArrayList<>();
    for (Path path : chosen.map(List::of).orElse(bundles)) {
      try {
        BasicFileAttributes file = Files.readAttributes(path, BasicFileAttributes.class);
        files.add(file.lastModifiedTime() + " " + file.size() + " " + file.fileKey());
      } catch (IOException e) {
        files.add("none");
      }
    }
    return files;
  }

  /// @param chosen if there, no other bundle is looked at
  static Anchors load(Optional<Path> chosen, List<Path> bundles, Path javaStore) {
    List<Path> candidates = chosen.map(List::of).orElse(bundles);
    for (Path bundle : candidates) {
      List<X509Certificate> certificates = readBundle(bundle);
      if (!certificates.isEmpty()) {
        return new Anchors(certificates, "the system's trusted certificates in " + bundle);
      }
    }
    if (chosen.isPresent()) {
      return new Anchors(
          List.of(), "SSL_CERT_FILE names " + chosen.get() + ", where there is none");
    }
    List<X509Certificate> certificates = readJavaStore(javaStore);
    return certificates.isEmpty()
        ? new Anchors(List.of(), "neither the system nor Java has any: install ca-certificates")
        : new Anchors(certificates, "Java's trusted certificates in " + javaStore);
  }

  /// What of the file is a certificate; one that cannot be read does not spoil the others.
  private static List<X509Certificate> readBundle(Path bundle) {
    List<X509Certificate> certificates = new ArrayList<>();
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      Matcher pem = PEM.matcher(Files.readString(bundle, StandardCharsets.ISO_8859_1));
      while (pem.find()) {
        try {
          byte[] der = Base64.getMimeDecoder().decode(pem.group(1));
          certificates.add(
              (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der)));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
          // the next one may be readable
        }
      }
    } catch (IOException | GeneralSecurityException e) {
      return List.of();
    }
    return certificates;
  }

  private static List<X509Certificate> readJavaStore(Path store) {
    List<X509Certificate> certificates = new ArrayList<>();
    try {
      KeyStore keys = KeyStore.getInstance(store.toFile(), (char[]) null);
      for (String alias : java.util.Collections.list(keys.aliases())) {
        if (keys.getCertificate(alias) instanceof X509Certificate certificate) {
          certificates.add(certificate);
        }
      }
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      return List.of();
    }
    return certificates;
  }
}
