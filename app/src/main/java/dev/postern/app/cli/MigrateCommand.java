package dev.postern.app.cli;

import dev.postern.app.report.JsonText;
import dev.postern.app.report.MigrationHtml;
import dev.postern.app.report.MigrationText;
import dev.postern.app.report.MigrationTree;
import dev.postern.app.report.YamlText;
import dev.postern.gatewayapi.load.Documents;
import dev.postern.gatewayapi.migrate.Migration;
import dev.postern.gatewayapi.migrate.MigrationOptions;
import dev.postern.gatewayapi.migrate.Migrator;
import dev.postern.gatewayapi.migrate.ShellWord;
import dev.postern.gatewayapi.migrate.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// `postern migrate`.
final class MigrateCommand {
  static final String HELP =
      """
      Usage: postern migrate [OPTIONS] PATH...

      Makes Gateways, routes and policies of ingress-nginx's Ingresses, and says for every
      annotation what became of it. Give the IngressClasses, Services, Secrets and
      ConfigMaps with them:
      kubectl get ingress,ingressclass,service,endpointslice,secret,configmap -A -o yaml

        PATH                      a folder, with all that is below it, a file or a pipe,
                                  or - for the standard input
        --target TARGET           whose kinds to write: postern, envoy-gateway, kgateway, istio,
                                  or standard for the Gateway API and nothing else (postern)
        --out FOLDER              where the manifests go; it must be empty
        --force                   write into a folder that is not
        --gateway NAMESPACE/NAME  the Gateway to make (default/nginx)
        --controller-configmap NAMESPACE/NAME
                                  the controller's own ConfigMap (the one that looks like it)
        --probe                   looks at the backends that nobody verifies, and says what would
                                  verify them
        --grpc-route              GRPCRoutes for gRPC backends, which take nothing else
        --report FILE             what became of everything: a page for FILE.html, else JSON
        -h, --help                show this help

      Exit codes: 0 all is the same, 1 something is different, 2 something is lost, 3 the
      command was not understood, or a file cannot be read or written.

      Examples:
        postern migrate ./ingresses
        postern migrate ./ingresses --out ./manifests --report report.html
        postern check ./manifests --with ./ingresses
      """;

  private static final Arguments.Syntax SYNTAX =
      new Arguments.Syntax(
          Set.of("force", "grpc-route", "probe"),
          Set.of("target", "out", "gateway", "report", "controller-configmap"),
          Map.of());

  /// 1 and 2 say what became of the Ingresses.
  private static final int FAILED = 3;

  private MigrateCommand() {}

  static int execute(Terminal terminal, List<String> words) {
    try {
      return migrate(terminal, words);
    } catch (CommandFailure e) {
      throw e.withExitCode(FAILED);
    }
  }

  private static int migrate(Terminal terminal, List<String> words) {
    Arguments arguments = Arguments.parse(SYNTAX, words);
    MigrationOptions options = options(arguments);
    try {
      Migration migration = migration(terminal, arguments, options);
      if (arguments.value("out").isPresent()) {
        write(Paths.path(arguments.value("out").get()), migration, arguments.has("force"));
      }
      if (arguments.value("report").isPresent()) {
        String file = arguments.value("report").get();
        Files.writeString(
            Paths.path(file),
            file.endsWith(".html")
                ? MigrationHtml.of(migration)
                : JsonText.of(MigrationTree.of(migration)));
      }
      terminal.out().print(MigrationText.of(migration, terminal.style()));
      terminal.out().flush();
      return migration.exitCode();
    } catch (IOException e) {
      throw CommandFailure.failed("cannot read or write: " + FileTrouble.of(e));
    }
  }

  private static Migration migration(
      Terminal terminal, Arguments arguments, MigrationOptions options) throws IOException {
    try (Progress progress = Progress.on(terminal)) {
      Documents input = read(arguments, progress);
      Migration migration = Migrator.migrate(input, options, progress::show);
      return arguments.has("probe") ? MigrationProbe.of(migration, input) : migration;
    }
  }

  private static MigrationOptions options(Arguments arguments) {
    String target = arguments.value("target").orElse("postern");
    String gateway = arguments.value("gateway").orElse("default/nginx");
    if (!gateway.matches("[a-z0-9-]+/[a-z0-9.-]+")) {
      throw CommandFailure.misused("--gateway takes NAMESPACE/NAME, not '" + gateway + "'");
    }
    String[] parts = gateway.split("/", 2);
    return new MigrationOptions(
        Target.of(target)
            .orElseThrow(() ->
                CommandFailure.misused(
                    "--target takes "
                        + Target.texts()
                        + ", not '"
                        + target
                        + "'; standard is what all of them read")),
        parts[0],
        parts[1],
        arguments.has("grpc-route"),
        arguments.value("controller-configmap"));
  }

  private static Documents read(Arguments arguments, Progress progress) throws IOException {
    List<String> operands = arguments.operands();
    if (operands.contains("-") && operands.size() > 1) {
      throw CommandFailure.misused("- stands alone: the standard input, or folders and files");
    }
    return operands.equals(List.of("-"))
        ? MigrationInput.ofStandardInput()
        : MigrationInput.ofPaths(Paths.existing(arguments), progress);
  }

  private static void write(Path folder, Migration migration, boolean force) throws IOException {
    Files.createDirectories(folder);
    try (Stream<Path> files = Files.list(folder)) {
      if (!force && files.findAny().isPresent()) {
        throw CommandFailure.misused(folder + " is not empty; --force writes into it");
      }
    }
    StringBuilder all = new StringBuilder();
    for (Map<String, Object> object : migration.objects()) {
      all.append("---\n").append(YamlText.of(object));
    }
    Files.writeString(folder.resolve("manifests.yaml"), all);
    StringBuilder commands = new StringBuilder();
    int number = 0;
    for (Migration.ServicePatch patch : migration.patches()) {
      // Not named .yaml, as it is no manifest.
      String name = "service-" + ++number + ".patch";
      Files.writeString(folder.resolve(name), YamlText.of(patch.patch()));
      commands.append(
          "kubectl patch service -n %s %s --patch-file %s\n"
              .formatted(ShellWord.of(patch.namespace()), ShellWord.of(patch.service()), name));
    }
    if (number > 0) {
      Files.writeString(folder.resolve("patch-services.sh"), commands);
    }
  }
}
