package dev.postern.gatewayapi.load;

import dev.postern.gatewayapi.load.KindTable.Entry;
import dev.postern.gatewayapi.load.Node.Fields;
import dev.postern.gatewayapi.load.Node.Items;
import dev.postern.gatewayapi.load.Node.Scalar;
import dev.postern.gatewayapi.resource.FieldLines;
import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.Finding.Severity;
import dev.postern.gatewayapi.resource.Kind;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.Origin;
import dev.postern.gatewayapi.resource.Resource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads one manifest file: YAML or JSON, with several documents and with lists of objects.
public final class Manifest {
  private static final String DEFAULT_NAMESPACE = "default";

  /// How deep lists of objects may lie in lists of objects.
  private static final int LIST_DEPTH = 4;

  private static final Like NOTHING = new Like("", "");

  private record Like(String apiVersion, String kind) {}

  private final String file;
  private final List<Resource> resources = new ArrayList<>();
  private final Set<ObjectRef> rejected = new LinkedHashSet<>();
  private final List<Resource> standIns = new ArrayList<>();
  private final FileFindings findings;
  private boolean whole = true;

  private Manifest(String file) {
    this.file = file;
    findings = new FileFindings(file);
  }

  /// Takes the text of a file. Never throws: what is wrong becomes findings.
  ///
  /// @param file its path as a person knows it; for the findings alone
  public static LoadedFile load(String file, String text) {
    Manifest manifest = new Manifest(file);
    try {
      // A byte order mark, as some editors leave it.
      String body = text.startsWith("\uFEFF") ? text.substring(1) : text;
      for (Node document : TreeReader.read(body)) {
        manifest.document(document, 0, NOTHING);
      }
    } catch (MalformedException e) {
      manifest.whole = false;
      manifest.resources.clear();
      manifest.rejected.clear();
      manifest.standIns.clear();
      manifest.findings.clear();
      manifest.find(Severity.ERROR, e.line(), "", e.problem());
    }
    return new LoadedFile(
        file,
        manifest.whole,
        manifest.resources,
        manifest.rejected,
        manifest.standIns,
        manifest.findings.list());
  }

  /// @param like what an item of a list takes from that when it says nothing itself
  private void document(Node node, int depth, Like like) {
    if (!(node instanceof Fields root)) {
      unnamed(
          node.line(),
          "",
          "an object must be a map with apiVersion, kind and metadata, and this is " + node.noun());
      return;
    }
    String apiVersion = identity(root, "apiVersion", like.apiVersion());
    String kind = identity(root, "kind", like.kind());
    if (apiVersion == null || kind == null) {
      return;
    }
    if (kind.endsWith("List") && root.get("items") instanceof Items items) {
      listOf(root, items, apiVersion, kind, depth);
      return;
    }
    int slash = apiVersion.lastIndexOf('/');
    String group = slash < 0 ? "" : apiVersion.substring(0, slash);
    String version = apiVersion.substring(slash + 1);
    Entry entry = KindTable.of(new Kind(group, kind));
    if (entry == null) {
      unread(root, group, kind, KindTable.named(kind));
    } else {
      known(root, version, entry);
    }
  }

  private @Nullable String identity(Fields root, String field, String inherited) {
    String text = root.text(field);
    if (text != null && !text.isEmpty()) {
      return text;
    }
    if (text == null && !root.has(field) && !inherited.isEmpty()) {
      return inherited;
    }
    unnamed(
        root.line(),
        field,
        root.has(field)
            ? "'" + field + "' must be a text"
            : "'"
                + field
                + "' is missing."
                + Suggestion.closest(field, keys(root))
                    .map(key -> " Is '" + key + "' meant to be it?")
                    .orElse(""));
    return null;
  }

  private static List<String> keys(Fields root) {
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < root.size() && i < 20; i++) {
      keys.add(root.key(i));
    }
    return keys;
  }

  private void listOf(Fields root, Items items, String apiVersion, String kind, int depth) {
    if (depth >= LIST_DEPTH) {
      unnamed(root.line(), "items", "lists of objects nest too deep here");
      return;
    }
    String itemKind = kind.substring(0, kind.length() - "List".length());
    // Where the list is typed, as HTTPRouteList is, an API server leaves kind out of the items.
    Like like = itemKind.isEmpty() ? NOTHING : new Like(apiVersion, itemKind);
    for (Node item : items.list()) {
      document(item, depth + 1, like);
    }
  }

  /// A kind that is not read.
  private void unread(Fields root, String group, String kind, @Nullable Entry namesake) {
    int line = root.line();
    String shown = Checker.shown(group.isEmpty() ? kind : kind + "." + group);
    if (group.equals("networking.k8s.io") && kind.equals("Ingress")) {
      find(
          Severity.WARNING,
          line,
          "kind",
          "an Ingress is not served; postern migrate makes a Gateway and routes of it");
    } else if (namesake != null && !KindTable.isForeignNamesake(group, kind)) {
      find(
          Severity.ERROR,
          line,
          "apiVersion",
          "no kind "
              + shown
              + " is known. Did you mean apiVersion: "
              + namesake.apiVersion()
              + "?");
    } else if (namesake == null
        && Suggestion.closest(kind, KindTable.names()).isPresent()
        && isGroupOfOurs(group)
        && !isCoreKind(group, kind)) {
      find(
          Severity.WARNING,
          line,
          "kind",
          "no kind "
              + shown
              + " is known; the object is ignored."
              + Suggestion.sentence(kind, KindTable.names()));
    } else if (KindTable.isOtherGroup(group)) {
      find(
          Severity.NOTE,
          line,
          "kind",
          shown + " is not read; that is fine if it is not meant to be");
    } else {
      find(
          Severity.WARNING,
          line,
          "kind",
          shown
              + " is not read; the object is ignored. Kinds that are: "
              + String.join(", ", KindTable.names()));
    }
  }

  private static boolean isGroupOfOurs(String group) {
    return KindTable.all().stream().anyMatch(entry -> entry.kind().group().equals(group));
  }

  private static boolean isCoreKind(String group, String kind) {
    return group.isEmpty() && Set.of("Pod", "Node", "Event", "Endpoints", "Binding").contains(kind);
  }

  private void known(Fields root, String version, Entry entry) {
    Fields metadata = root.map("metadata");
    String name = metadata == null ? null : metadata.text("name");
    if (metadata == null || name == null || name.isEmpty()) {
      unnamed(
          metadata == null ? root.line() : metadata.line(),
          "metadata.name",
          entry.kind().kind() + " without metadata.name: every object needs a name");
      return;
    }
    String namespace = entry.namespaced() ? namespace(metadata, entry) : "";
    if (namespace == null) {
      return;
    }
    ObjectRef ref = new ObjectRef(entry.kind(), namespace, name);
    Checker checker = new Checker(file, ref, findings);
    // The checker drops what is misspelt.
    Fields written = StandIns.isFor(ref) ? root.copy() : root;
    if (!entry.versions().contains(version)) {
      checker.error(
          "apiVersion",
          MetadataSchema.lineOf(root, "apiVersion"),
          "the version '"
              + Checker.shown(version)
              + "' of "
              + entry.kind().kind()
              + " is not served; use "
              + String.join(" or ", entry.versions()));
      reject(ref, written, version, checker);
      return;
    }
    checker.check(root, entry.schema(version));
    if (checker.errors() > 0) {
      reject(ref, written, version, checker);
      return;
    }
    Origin origin = origin(file, root, 0);
    resources.add(entry.decoder().decode(root, Metadatas.decode(root, namespace), version, origin));
  }

  private void reject(ObjectRef ref, Fields root, String version, Checker checker) {
    rejected.add(ref);
    StandIns.of(ref, root, version, origin(file, root, 0), checker.firstError())
        .ifPresent(standIns::add);
  }

  /// Null where it cannot be told: then it is not known either which object this is.
  private @Nullable String namespace(Fields metadata, Entry entry) {
    Node written = metadata.get("namespace");
    if (written == null || (written instanceof Scalar none && none.type() == ScalarType.NULL)) {
      return DEFAULT_NAMESPACE;
    }
    String text = metadata.text("namespace");
    if (text == null) {
      unnamed(
          MetadataSchema.lineOf(metadata, "namespace"),
          "metadata.namespace",
          entry.kind().kind()
              + " in a namespace that is "
              + written.noun()
              + ": a namespace must be a text; put it in quotes");
      return null;
    }
    return text.isEmpty() ? DEFAULT_NAMESPACE : text;
  }

  /// @param above how many lines of the file are above what was read with this root
  static Origin origin(String file, Fields root, int above) {
    FieldLines.Builder builder = new FieldLines.Builder(root.line() + above);
    addFields(root, builder, true, above);
    return new Origin(file, root.line() + above, builder.build());
  }

  private static void addFields(
      Fields fields, FieldLines.Builder builder, boolean root, int above) {
    for (int i = 0; i < fields.size(); i++) {
      int line = fields.keyLine(i);
      if (line > 0 && !(root && isLineless(fields.key(i)))) {
        builder.field(fields.key(i), line + above);
        addBelow(fields.value(i), builder, above);
        builder.end();
      }
    }
  }

  /// Nobody points at these.
  private static boolean isLineless(String field) {
    return field.equals("apiVersion") || field.equals("kind") || field.equals("status");
  }

  private static void addBelow(Node node, FieldLines.Builder builder, int above) {
    if (node instanceof Fields fields) {
      addFields(fields, builder, false, above);
    } else if (node instanceof Items items) {
      for (Node item : items.list()) {
        builder.item(item.line() + above);
        addBelow(item, builder, above);
        builder.end();
      }
    }
  }

  /// A document whose object cannot be told.
  private void unnamed(int line, String field, String message) {
    whole = false;
    find(Severity.ERROR, line, field, message);
  }

  private void find(Severity severity, int line, String field, String message) {
    findings.add(
        new Finding(
            severity,
            Optional.empty(),
            field,
            Optional.of(line > 0 ? file + ":" + line : file),
            message));
  }
}
