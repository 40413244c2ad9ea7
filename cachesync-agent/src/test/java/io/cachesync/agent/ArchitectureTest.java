package io.cachesync.agent;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The dependency matrix of docs/architecture.md. */
class ArchitectureTest {
  private static final String AGENT = "io.cachesync.agent.";
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.cachesync");

  /** Package to the packages of the agent that it may use; every package may use the contract. */
  private static final Map<String, Set<String>> MATRIX =
      Map.ofEntries(
          Map.entry("resp", Set.of()),
          Map.entry("command", Set.of()),
          Map.entry("entry", Set.of()),
          Map.entry("rdb", Set.of("entry")),
          Map.entry("filter", Set.of("rdb", "command")),
          Map.entry("redis", Set.of("resp")),
          Map.entry("relay", Set.of("entry")),
          Map.entry("checkpoint", Set.of("redis", "resp")),
          Map.entry("source", Set.of("entry", "rdb", "resp", "redis", "checkpoint")),
          Map.entry(
              "writer", Set.of("entry", "rdb", "filter", "resp", "redis", "command", "checkpoint")),
          Map.entry(
              "sync",
              Set.of(
                  "source",
                  "relay",
                  "writer",
                  "repair",
                  "filter",
                  "checkpoint",
                  "redis",
                  "resp",
                  "command",
                  "entry")),
          Map.entry("precheck", Set.of("redis", "resp", "rdb", "command", "entry", "checkpoint")),
          Map.entry("sample", Set.of("redis", "resp")),
          Map.entry("verify", Set.of("redis", "resp", "filter", "entry")),
          Map.entry("repair", Set.of("source", "writer", "filter", "checkpoint", "redis", "resp")),
          Map.entry("fullcheck", Set.of()),
          Map.entry(
              "job", Set.of("sync", "precheck", "verify", "fullcheck", "repair", "redis", "entry")),
          Map.entry("cli", Set.of("job", "filter", "sample")));

  /** Packages that know nothing of the contract. */
  private static final Set<String> JDK_ONLY = Set.of("resp", "command", "entry");

  static Stream<String> packages() {
    return MATRIX.keySet().stream().sorted();
  }

  @ParameterizedTest
  @MethodSource("packages")
  void usesOnlyWhatTheMatrixAllows(String name) {
    Set<String> allowed = MATRIX.get(name);
    noClasses()
        .that()
        .resideInAPackage(AGENT + name + "..")
        .should()
        .dependOnClassesThat(
            new DescribedPredicate<JavaClass>("are outside what %s may use: %s", name, allowed) {
              @Override
              public boolean test(JavaClass used) {
                String used0 = used.getPackageName();
                if (used0.startsWith("io.cachesync.contract")) {
                  return JDK_ONLY.contains(name);
                }
                if (!used0.startsWith(AGENT)) {
                  return used0.equals("io.cachesync.agent");
                }
                String rest = used0.substring(AGENT.length());
                String top = rest.contains(".") ? rest.substring(0, rest.indexOf('.')) : rest;
                return !top.equals(name) && !allowed.contains(top);
              }
            })
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void contractUsesTheJdkOnly() {
    classes()
        .that()
        .resideInAPackage("io.cachesync.contract..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("io.cachesync.contract..", "java..")
        .check(CLASSES);
  }

  @Test
  void hasNoCycles() {
    slices().matching("io.cachesync.agent.(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void everyPackageStandsInTheMatrix() {
    classes()
        .that()
        .resideInAPackage(AGENT + "*..")
        .should()
        .resideInAnyPackage(
            MATRIX.keySet().stream().map(name -> AGENT + name + "..").toArray(String[]::new))
        .allowEmptyShould(true)
        .check(CLASSES);
  }
}
