package dev.postern.app.admin;

import dev.postern.app.control.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/// `/ready` and `/server_info`: the process itself.
final class ProcessPages {
  private ProcessPages() {}

  static Answer ready(Request request, AdminView view) {
    AdminView.State state = view.state();
    return Answer.text(state == AdminView.State.LIVE ? 200 : 503, state + "\n");
  }

  static Answer serverInfo(Request request, AdminView view) {
    String uptime = Duration.between(view.startTime(), Instant.now()).toSeconds() + "s";
    Snapshot snapshot = view.snapshot();
    Map<String, Object> configuration = new LinkedHashMap<>();
    configuration.put("version", snapshot.version());
    configuration.put("effective_since", snapshot.at());
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("version", view.version());
    tree.put("state", view.state());
    tree.put("uptime_current_epoch", uptime);
    tree.put("uptime_all_epochs", uptime);
    tree.put("hot_restart_version", "disabled");
    tree.put("start_time", view.startTime());
    tree.put("command_line", view.arguments());
    tree.put("java_version", Runtime.version());
    tree.put("pid", ProcessHandle.current().pid());
    tree.put("configuration", configuration);
    return Answer.json(tree);
  }
}
