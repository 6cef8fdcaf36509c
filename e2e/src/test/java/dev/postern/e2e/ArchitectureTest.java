package dev.postern.e2e;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who may know whom. Maven keeps the modules apart; these rules say the rest. */
class ArchitectureTest {
  private static final JavaClasses CODE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.postern");

  /** Of java.net, what computes and never asks the network. */
  private static final Set<String> HARMLESS_IN_JAVA_NET =
      Set.of(
          "java.net.URI",
          "java.net.URISyntaxException",
          "java.net.URLEncoder",
          "java.net.URLDecoder",
          "java.net.InetAddress",
          "java.net.Inet4Address",
          "java.net.Inet6Address");

  private static final Set<String> LOOKUPS = Set.of("getByName", "getAllByName", "getLocalHost");

  private static final Set<String> CLOCK_READINGS =
      Set.of("now", "systemUTC", "systemDefaultZone", "system");

  @Test
  void irKnowsOnlyTheJdk() {
    check(
        classes()
            .that()
            .resideInAPackage("dev.postern.ir..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("dev.postern.ir..", "java..", "javax..", "org.jspecify.."));
  }

  @Test
  void statsKnowsOnlyTheJdk() {
    check(
        classes()
            .that()
            .resideInAPackage("dev.postern.stats..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("dev.postern.stats..", "java..", "javax..", "org.jspecify.."));
  }

  @Test
  void gatewayapiHasNoNetworkNoFilesNoThreadsAndNoLogger() {
    check(
        noClasses()
            .that()
            .resideInAPackage("dev.postern.gatewayapi..")
            .should()
            .dependOnClassesThat(
                resideInAnyPackage(
                        "io.netty..",
                        "org.slf4j..",
                        "ch.qos.logback..",
                        "java.util.logging..",
                        "java.util.concurrent..",
                        "java.net.http..",
                        "java.nio.file..",
                        "java.nio.channels..")
                    .or(
                        resideInAPackage("java.net")
                            .and(not("harmless in java.net", HARMLESS_IN_JAVA_NET)))
                    .or(
                        named(
                            "files and threads",
                            Set.of(
                                "java.io.File",
                                "java.io.FileInputStream",
                                "java.io.FileOutputStream",
                                "java.io.FileReader",
                                "java.io.FileWriter",
                                "java.io.RandomAccessFile",
                                "java.lang.Thread",
                                "java.lang.ThreadLocal",
                                "java.lang.ProcessBuilder")))));
  }

  @Test
  void gatewayapiReadsNoClockAndResolvesNoName() {
    check(
        noClasses()
            .that()
            .resideInAPackage("dev.postern.gatewayapi..")
            .should()
            .accessTargetWhere(
                DescribedPredicate.describe(
                    "the target reads a clock or resolves a host name",
                    ArchitectureTest::isImpure)));
  }

  @Test
  void proxyKnowsTheIrButNotWhereItCameFrom() {
    check(
        noClasses()
            .that()
            .resideInAPackage("dev.postern.proxy..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "dev.postern.gatewayapi..",
                "dev.postern.provider..",
                "dev.postern.app..",
                "com.fasterxml.jackson.."));
  }

  @Test
  void providerKnowsObjectsButNotTraffic() {
    check(
        noClasses()
            .that()
            .resideInAPackage("dev.postern.provider..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.postern.ir..", "dev.postern.proxy..", "dev.postern.stats.."));
  }

  @Test
  void nobodyKnowsTheApp() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage("dev.postern.app..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.postern.app.."));
  }

  @Test
  void modulesAreFreeOfCycles() {
    check(slices().matching("dev.postern.(*)..").should().beFreeOfCycles());
  }

  @Test
  void packagesAreFreeOfCycles() {
    check(slices().matching("dev.postern.(**)").should().beFreeOfCycles());
  }

  @Test
  void namesSayWhatAThingIs() {
    check(
        noClasses()
            .that()
            .resideInAPackage("dev.postern..")
            .and()
            .doNotHaveSimpleName("HttpConnectionManager") // Envoy's own word
            .should()
            .haveNameMatching(".*(Utils?|Helpers?|Manager|Impl)"));
  }

  private static void check(ArchRule rule) {
    rule.allowEmptyShould(true).check(CODE);
  }

  private static boolean isImpure(JavaAccess<?> access) {
    AccessTarget target = access.getTarget();
    String owner = target.getOwner().getName();
    String name = target.getName();
    return switch (owner) {
      case "java.lang.System" -> name.equals("currentTimeMillis") || name.equals("nanoTime");
      case "java.net.InetAddress" -> LOOKUPS.contains(name);
      default -> owner.startsWith("java.time.") && CLOCK_READINGS.contains(name);
    };
  }

  private static DescribedPredicate<JavaClass> named(String description, Set<String> names) {
    return DescribedPredicate.describe(description, type -> names.contains(type.getName()));
  }

  private static DescribedPredicate<JavaClass> not(String description, Set<String> names) {
    return DescribedPredicate.not(named(description, names));
  }
}
