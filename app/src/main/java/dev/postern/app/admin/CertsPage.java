package dev.postern.app.admin;

import dev.postern.ir.ClientCertificate;
import dev.postern.ir.Cluster;
import dev.postern.ir.DownstreamTls.ServerCertificate;
import dev.postern.ir.FilterChain;
import dev.postern.ir.Ir;
import dev.postern.ir.Listener;
import dev.postern.ir.UpstreamTls.Trust;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/// `/certs`: the certificates that are served to clients or shown to backends, and those that are
/// believed, as Envoy writes them. Where Envoy has a file's path there is the name of the Secret,
/// or of the cluster whose policy trusts the certificate.
final class CertsPage {
  private CertsPage() {}

  private record Entry(String path, List<X509Certificate> trusted, List<X509Certificate> served) {}

  static Answer answer(Request request, AdminView view) {
    Ir ir = view.snapshot().translation().ir();
    Instant now = Instant.now();
    return Answer.json(
        Json.array(
            "certificates",
            Stream.of(served(ir), shown(ir), trusted(ir)).flatMap(Function.identity()).toList(),
            entry -> {
              Map<String, Object> tree = new LinkedHashMap<>();
              tree.put("ca_cert", trees(entry.path, entry.trusted, now));
              tree.put("cert_chain", trees(entry.path, entry.served, now));
              return tree;
            }));
  }

  private static Stream<Entry> served(Ir ir) {
    return ir.listeners().values().stream()
        .map(Listener::filterChains)
        .flatMap(List::stream)
        .map(FilterChain::tls)
        .flatMap(Optional::stream)
        .flatMap(tls -> tls.certificates().stream())
        .sorted(Comparator.comparing(ServerCertificate::name))
        .map(certificate -> new Entry(certificate.name(), List.of(), certificate.chain()))
        .distinct();
  }

  /// To backends that ask for one.
  private static Stream<Entry> shown(Ir ir) {
    return ir.clusters().values().stream()
        .flatMap(cluster -> cluster.tls().stream())
        .flatMap(tls -> tls.clientCertificate().stream())
        .sorted(Comparator.comparing(ClientCertificate::name))
        .map(certificate -> new Entry(certificate.name(), List.of(), certificate.chain()))
        .distinct();
  }

  private static Stream<Entry> trusted(Ir ir) {
    return ir.clusters().values().stream()
        .sorted(Comparator.comparing(Cluster::name))
        .flatMap(cluster ->
            cluster.tls().map(tls -> tls.trust()).stream()
                .filter(Trust.Anchors.class::isInstance)
                .map(Trust.Anchors.class::cast)
                .map(anchors -> new Entry(cluster.name(), anchors.certificates(), List.of())));
  }

  private static List<Object> trees(String path, List<X509Certificate> certificates, Instant now) {
    List<Object> trees = new ArrayList<>();
    for (X509Certificate certificate : certificates) {
      Instant end = certificate.getNotAfter().toInstant();
      Map<String, Object> tree = new LinkedHashMap<>();
      tree.put("path", path);
      tree.put("serial_number", certificate.getSerialNumber().toString(16));
      tree.put("subject_alt_names", names(certificate));
      tree.put(
          "days_until_expiration", Long.toString(Math.max(0, Duration.between(now, end).toDays())));
      tree.put("valid_from", certificate.getNotBefore().toInstant());
      tree.put("expiration_time", end);
      trees.add(tree);
    }
    return trees;
  }

  private static List<Object> names(X509Certificate certificate) {
    List<Object> names = new ArrayList<>();
    try {
      Collection<List<?>> found = certificate.getSubjectAlternativeNames();
      for (List<?> name : found == null ? List.<List<?>>of() : found) {
        String key =
            switch (name.getFirst()) {
              case Integer type when type == 2 -> "dns";
              case Integer type when type == 6 -> "uri";
              case Integer type when type == 7 -> "ip_address";
              default -> "";
            };
        if (!key.isEmpty()) {
          names.add(Map.of(key, name.get(1)));
        }
      }
    } catch (CertificateParsingException e) {
      names.add(Map.of("unreadable", "the extension cannot be decoded"));
    }
    return names;
  }
}
