package dev.postern.app.admin;

final class ConfigDumpPage {
  private ConfigDumpPage() {}

  static Answer answer(Request request, AdminView view) {
    return Answer.text(501, "Not yet.\n");
  }
}
