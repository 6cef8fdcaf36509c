package dev.postern.gatewayapi.migrate;

/// Where it is said what became of proxy-ssl-* at a location: at its own annotations, or in rows of
/// their own for those that it inherits, as far as something is different or lost.
///
/// @param owner whose annotations count
record TlsVerdicts(Location at, Ingress owner) {

  boolean inherited() {
    return !owner.equals(at.ingress);
  }

  boolean verifies() {
    return value("proxy-ssl-verify").equals("on");
  }

  /// Trimmed, empty where there is none.
  String value(String annotation) {
    return owner.annotations().getOrDefault(annotation, "").strip();
  }

  void same(String annotation, String became) {
    if (!inherited()) {
      at.same(annotation, became);
    }
  }

  void different(String annotation, String how) {
    say(annotation, new Verdict.Different(words(how)));
  }

  void lost(String annotation, String why, String whatToDo) {
    say(annotation, new Verdict.NotPossible(words(why), whatToDo));
  }

  /// Also about an annotation that nobody wrote.
  void always(String annotation, String how) {
    String value = inherited() ? "of " + owner.id() : value(annotation);
    at.say(annotation, value, new Verdict.Different(words(how)));
  }

  private void say(String annotation, Verdict verdict) {
    if (!inherited()) {
      at.verdicts().ofAnnotation(annotation, verdict);
    } else if (owner.annotations().containsKey(annotation)) {
      at.say(annotation, "of " + owner.id(), verdict);
    }
  }

  private String words(String text) {
    return inherited() ? "inherited from " + owner.id() + ", as in nginx: " + text : text;
  }
}
