package dev.postern.app.admin;

import dev.postern.ir.Listener;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// `/listeners`: every socket, and why one is not bound.
final class ListenersPage {
  private ListenersPage() {}

  static Answer answer(Request request, AdminView view) {
    Map<String, String> errors = view.snapshot().listenerErrors();
    String format = request.format("text");
    return switch (format) {
      case "text" -> Answer.text(sorted(view).stream().map(one -> text(one, errors)).iterator());
      case "json" ->
          Answer.json(Json.array("listener_statuses", sorted(view), one -> tree(one, errors)));
      default -> Answer.unknownFormat(format, "text, json");
    };
  }

  static List<Listener> sorted(AdminView view) {
    return view.snapshot().translation().ir().listeners().values().stream()
        .sorted(Comparator.comparing(Listener::name))
        .toList();
  }

  private static String text(Listener listener, Map<String, String> errors) {
    String error = errors.get(listener.name());
    return listener.name()
        + "::"
        + (error == null
            ? Answer.socket(listener.address(), listener.port())
            : "error::" + error.replace('\n', ' '))
        + "\n";
  }

  private static Object tree(Listener listener, Map<String, String> errors) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("name", listener.name());
    tree.put("local_address", socketAddress(listener.address(), listener.port()));
    String error = errors.get(listener.name());
    if (error != null) {
      tree.put("error", error);
    }
    return tree;
  }

  /// Envoy's way to write an address.
  static Object socketAddress(String address, int port) {
    Map<String, Object> socket = new LinkedHashMap<>();
    socket.put("address", address);
    socket.put("port_value", port);
    return Map.of("socket_address", socket);
  }
}
