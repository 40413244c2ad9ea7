package io.cachesync.web;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.stereotype.Controller;
import org.springframework.stereotype.Service;
import org.springframework.web.bind.annotation.RestController;

/** The dependency matrix of docs/architecture.md. */
class ArchitectureTest {
  private static final String WEB = "io.cachesync.web.";
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.cachesync.web");

  /** Sees no feature. */
  private static final Set<String> INFRASTRUCTURE =
      Set.of("audit", "security", "schedule", "ssh", "system");

  /** Feature to the features that it may use; every feature may use the infrastructure. */
  private static final Map<String, Set<String>> MATRIX =
      Map.of(
          "machine", Set.of(),
          "agent", Set.of("machine"),
          "endpoint", Set.of("machine", "agent"),
          "task", Set.of("machine", "endpoint"),
          "precheck", Set.of("task", "machine", "agent", "endpoint"),
          "sync", Set.of("task", "machine", "agent", "endpoint"),
          "check", Set.of("task", "machine", "agent", "endpoint"),
          "dashboard", Set.of("task", "precheck", "sync", "check", "machine", "agent", "endpoint"));

  static Stream<String> packages() {
    return Stream.concat(MATRIX.keySet().stream(), INFRASTRUCTURE.stream()).sorted();
  }

  @ParameterizedTest
  @MethodSource("packages")
  void usesOnlyWhatTheMatrixAllows(String name) {
    Set<String> allowed = MATRIX.getOrDefault(name, Set.of());
    noClasses()
        .that()
        .resideInAPackage(WEB + name + "..")
        .should()
        .dependOnClassesThat(
            new DescribedPredicate<JavaClass>("are outside what %s may use: %s", name, allowed) {
              @Override
              public boolean test(JavaClass used) {
                if (!used.getPackageName().startsWith(WEB)) {
                  return used.getPackageName().equals("io.cachesync.web");
                }
                String rest = used.getPackageName().substring(WEB.length());
                String top = rest.contains(".") ? rest.substring(0, rest.indexOf('.')) : rest;
                return !top.equals(name) && !allowed.contains(top) && !INFRASTRUCTURE.contains(top);
              }
            })
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void everyPackageStandsInTheMatrix() {
    classes()
        .that()
        .resideInAPackage(WEB + "*..")
        .should()
        .resideInAnyPackage(packages().map(name -> WEB + name + "..").toArray(String[]::new))
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void usesTheContractAndNothingElseOfTheAgent() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.cachesync.agent..")
        .check(CLASSES);
  }

  @Test
  void onlySshImportsTheSshLibrary() {
    onlyIn("ssh", "com.jcraft.jsch..");
  }

  @Test
  void onlyScheduleImportsQuartz() {
    onlyIn("schedule", "org.quartz..");
  }

  @Test
  void onlyMappersImportMyBatis() {
    noClasses()
        .that()
        .haveSimpleNameNotEndingWith("Mapper")
        .and()
        .haveSimpleNameNotEndingWith("TypeHandler")
        .and()
        .resideOutsideOfPackage("io.cachesync.web.system..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.ibatis..", "org.mybatis..")
        .check(CLASSES);
  }

  /**
   * What agents are answered by their job's token, what everybody may do with an account of his
   * own, and single rows that background work and agents' reports are decided by as well.
   */
  private static final Set<String> WITHOUT_A_ROLE =
      Set.of(
          "ReportIntake.owner",
          "ReportIntake.take",
          "AccountService.changePassword",
          "EndpointService.all",
          "EndpointService.get",
          "MachineService.all",
          "MachineService.get",
          "MachineService.leastLoaded",
          "MachineService.openJobs",
          "TaskService.get",
          "TaskService.spec");

  @Test
  void whatControllersCallOfServicesAsksForARole() {
    Set<String> open = new TreeSet<>();
    CLASSES.stream()
        .filter(ArchitectureTest::isController)
        .flatMap(controller -> controller.getMethodCallsFromSelf().stream())
        .flatMap(call -> call.getTarget().resolveMember().stream())
        .filter(called -> called.getOwner().isAnnotatedWith(Service.class))
        .filter(called -> !called.isMetaAnnotatedWith(PreAuthorize.class))
        .filter(called -> !called.getOwner().isMetaAnnotatedWith(PreAuthorize.class))
        .forEach(called -> open.add(called.getOwner().getSimpleName() + "." + called.getName()));
    open.removeAll(WITHOUT_A_ROLE);
    assertThat(open).isEmpty();
  }

  private static boolean isController(JavaClass each) {
    return each.isAnnotatedWith(Controller.class) || each.isAnnotatedWith(RestController.class);
  }

  @Test
  void controllersAndMappersArePackagePrivate() {
    classes()
        .that()
        .haveSimpleNameEndingWith("Controller")
        .or()
        .haveSimpleNameEndingWith("Mapper")
        .should()
        .bePackagePrivate()
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  private static void onlyIn(String name, String library) {
    noClasses()
        .that()
        .resideOutsideOfPackage(WEB + name + "..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .check(CLASSES);
  }
}
