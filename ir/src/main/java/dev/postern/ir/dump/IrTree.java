package dev.postern.ir.dump;

import dev.postern.ir.FastCgiOptions;
import dev.postern.ir.HeaderMatch;
import dev.postern.ir.HeaderMutation;
import dev.postern.ir.Ir;
import dev.postern.ir.OcspResponse;
import dev.postern.ir.PrivateKeyDer;
import dev.postern.ir.QueryMatch;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Makes trees of Map, List, String, Integer, Long and Boolean out of ir values.
///
/// A record is a map of its components in their order; what is absent, empty or false is left out.
/// A choice is named: `Prefix: /foo`, or `{Trust: {Anchors: [...]}}`, or just `Http1` where there
/// is no more to say. Maps are sorted by key. A certificate is its subject and SHA-256 fingerprint,
/// a private key `[redacted]`, and so is the value of what is named like a credential.
public final class IrTree {
  private static final String REDACTED = "[redacted]";

  private IrTree() {}

  /// The whole.
  public static Map<String, Object> of(Ir ir) {
    return components(ir);
  }

  /// A part: any value that may stand in an [Ir].
  public static Object of(Object part) {
    return switch (part) {
      case String text -> text;
      case Integer number -> number;
      case Long number -> number;
      case Boolean truth -> truth;
      case Enum<?> constant -> constant.name();
      case Duration duration -> seconds(duration);
      case Map<?, ?> map -> sorted(map);
      case Collection<?> list -> list.stream().map(IrTree::of).toList();
      case Optional<?> optional -> optional.isPresent() ? of(optional.get()) : Map.of();
      case X509Certificate certificate -> certificate(certificate);
      case PrivateKeyDer _ -> REDACTED;
      case OcspResponse response -> response.toString();
      case HeaderMutation.HeaderValue field when CredentialNames.has(field.name()) ->
          redacted(field.name());
      case HeaderMatch match when CredentialNames.has(match.name()) -> redacted(match.name());
      case QueryMatch match when CredentialNames.has(match.name()) -> redacted(match.name());
      case FastCgiOptions.Param param when CredentialNames.has(param.name()) ->
          redacted(param.name());
      case Record choice when isChoice(choice) -> choice(choice);
      case Record value -> components(value);
      default -> throw new IllegalArgumentException("not a part of an ir: " + part.getClass());
    };
  }

  private static Map<String, Object> redacted(String name) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("name", name);
    tree.put("value", REDACTED);
    return tree;
  }

  private static boolean isChoice(Record value) {
    for (Class<?> type : value.getClass().getInterfaces()) {
      if (type.isSealed()) {
        return true;
      }
    }
    return false;
  }

  private static Object choice(Record value) {
    String name = value.getClass().getSimpleName();
    RecordComponent[] components = value.getClass().getRecordComponents();
    return switch (components.length) {
      case 0 -> name;
      case 1 -> Map.of(name, of(read(components[0], value)));
      default -> Map.of(name, components(value));
    };
  }

  private static Map<String, Object> components(Record value) {
    Map<String, Object> tree = new LinkedHashMap<>();
    for (RecordComponent component : value.getClass().getRecordComponents()) {
      Object content = of(read(component, value));
      if (!isEmpty(content)) {
        tree.put(component.getName(), content);
      }
    }
    return tree;
  }

  private static boolean isEmpty(Object tree) {
    return tree.equals(false)
        || (tree instanceof Map<?, ?> map && map.isEmpty())
        || (tree instanceof List<?> list && list.isEmpty());
  }

  private static Object read(RecordComponent component, Record value) {
    try {
      return component.getAccessor().invoke(value);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("cannot read " + component, e);
    }
  }

  private static Map<String, Object> sorted(Map<?, ?> map) {
    Map<String, Object> tree = new TreeMap<>();
    map.forEach((key, value) -> tree.put(key.toString(), of(value)));
    return new LinkedHashMap<>(tree);
  }

  private static String seconds(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + "s"
        : duration.toMillis() + "ms";
  }

  private static Map<String, Object> certificate(X509Certificate certificate) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("subject", certificate.getSubjectX500Principal().toString());
    tree.put("sha256", fingerprint(certificate));
    return tree;
  }

  private static String fingerprint(X509Certificate certificate) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException | CertificateEncodingException e) {
      throw new IllegalStateException("cannot fingerprint a certificate that was parsed", e);
    }
  }
}
