package io.cachesync.web.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cachesync.web.system.Refusal;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What people type for where a deployment is, and which line they are told of. */
class TypedPlaceTest {
  @Test
  void readsNodesByLinesAndCommas() {
    TypedPlace place =
        cluster(
            "rediss://mig:p%40ss@10.0.0.1:7000\r\n\n 10.0.0.2 , [::1]:7001，node-3.example:7002\n");
    assertThat(place.addresses())
        .containsExactly("10.0.0.1:7000", "10.0.0.2:6379", "[::1]:7001", "node-3.example:7002");
    assertThat(place.user()).isEqualTo("mig");
    assertThat(place.password()).isEqualTo("p@ss");
    assertThat(place.tls()).isTrue();
    assertThat(place.toString()).doesNotContain("p@ss");
  }

  @Test
  void aCommaInsideAPasswordSeparatesNothing() {
    TypedPlace place = cluster("redis://:se,cret@10.0.0.1:7000, 10.0.0.2:7000");
    assertThat(place.addresses()).containsExactly("10.0.0.1:7000", "10.0.0.2:7000");
    assertThat(place.password()).isEqualTo("se,cret");
  }

  @Test
  void readsTheMapAndWritesItAsItsColumnHoldsIt() {
    TypedPlace place =
        TypedPlace.read(
            "CLUSTER", "a:1", " 10.0.0.2:7000 = b:7000\n[::1]:7000=[::2]:7001, c:1=c:2", "");
    assertThat(place.mapText()).isEqualTo("10.0.0.2:7000=b:7000\n[::1]:7000=[::2]:7001\nc:1=c:2");
    assertThat(TypedPlace.mapOf(place.mapText())).isEqualTo(place.addressMap());
    assertThat(TypedPlace.mapOf("")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a:1\\nb c:2|endpoint.invalid.address 2 b c:2",
        "a:1\\n\\nhost:99999|endpoint.invalid.port 3 host:99999",
        "a:1, host:0|endpoint.invalid.port 1 host:0",
        "2001:db8::1:7000|endpoint.invalid.ipv6 0 2001:db8::1:7000",
        "a:1\\nb:1\\na:1|endpoint.invalid.twice 3 a:1 1",
        "redis://u:secret@a b|endpoint.invalid.address 0 a b",
        "redis://u:x@a:1\\nredis://v:x@b:1|endpoint.invalid.otherLogin 2",
        "redis://user:secret|endpoint.invalid.address 0 redis://user:…",
        "redis://a:6379/0|endpoint.invalid.database 0 redis://a:6379/0",
        "redis://:x@a:1/2|endpoint.invalid.database 0 a:1/2",
        "redis://a b:6379/0|endpoint.invalid.address 0 redis://a b:6379/0",
        "<b>a</b>:1|endpoint.invalid.address 0 <b>a</b>:1",
        "' '|common.field.required"
      })
  void saysWhichAddressIsWrongAndWhatItIs(String typed, String told) {
    assertThat(told("CLUSTER", typed.replace("\\n", "\n"), "")).isEqualTo(told);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a:1=b:1\\nc:1|endpoint.invalid.mapLine 2 c:1",
        "a:1=b:1=c:1|endpoint.invalid.mapLine 0 a:1=b:1=c:1",
        "a=b:1|endpoint.invalid.mapAddress 0 a",
        "a:1=redis://b:1|endpoint.invalid.mapAddress 0 redis://b:1",
        "a:1=b:70000|endpoint.invalid.port 0 b:70000",
        "a:1=b:1\\na:1=c:1|endpoint.invalid.twice 2 a:1 1",
      })
  void saysWhichMappingIsWrongAndWhatItIs(String typed, String told) {
    assertThat(told("CLUSTER", "a:1", typed.replace("\\n", "\n"))).isEqualTo(told);
  }

  @Test
  void takesNoMoreThanItNeeds() {
    String many =
        IntStream.range(0, 10_000).mapToObj(i -> "h" + i).collect(Collectors.joining("\n"));
    assertThat(told("CLUSTER", many, "")).isEqualTo("endpoint.invalid.manyAddresses 100 10000");
    assertThat(told("CLUSTER", "a:1", many.replace("\n", ":1=b:1\n")))
        .isEqualTo("endpoint.invalid.manyMapped 1000 10000");
    assertThat(told("STANDALONE", "h".repeat(5000), "")).isEqualTo("common.field.tooLong 280");
    String hosts =
        IntStream.range(0, 20).mapToObj(i -> "h".repeat(250) + i).collect(Collectors.joining(","));
    assertThat(told("CLUSTER", hosts, "")).isEqualTo("common.field.tooLong 4000");
    assertThat(told("CLUSTER", "é".repeat(5000), "")).hasSizeLessThan(150);
  }

  @Test
  void aStandaloneServerHasOneAddressAndNoMap() {
    assertThat(told("STANDALONE", "a:1\nb:1", "")).isEqualTo("endpoint.invalid.oneAddress 2");
    assertThat(told("STANDALONE", "a:1", "a:1=b:1")).isEqualTo("endpoint.invalid.mapOfStandalone");
    assertThat(told("UNKNOWN", "a:1", "")).isEqualTo("endpoint.invalid.topology");
  }

  @Test
  void readsSentinelsAndTheNameOfTheirMaster() {
    TypedPlace place = TypedPlace.read("SENTINEL", "s1, s2:7000", "10.0.0.1:1=b:2", "orders eu");
    assertThat(place.addresses()).containsExactly("s1:26379", "s2:7000");
    assertThat(place.masterName()).isEqualTo("orders eu");
    assertThat(place.addressMap()).hasSize(1);

    for (String wrong : List.of("", "a\nb")) {
      assertThat(toldOfMaster("SENTINEL", wrong)).isEqualTo("endpoint.invalid.masterName");
    }
    assertThat(toldOfMaster("SENTINEL", "n".repeat(201))).isEqualTo("common.field.tooLong");
    for (String other : List.of("STANDALONE", "CLUSTER")) {
      assertThat(toldOfMaster(other, "orders")).isEqualTo("endpoint.invalid.masterOfOther");
    }
  }

  private static String toldOfMaster(String topology, String name) {
    Refusal refusal =
        catchThrowableOfType(Refusal.class, () -> TypedPlace.read(topology, "s1", "", name));
    assertThat(refusal.field()).isEqualTo("masterName");
    return refusal.key();
  }

  private static TypedPlace cluster(String addresses) {
    return TypedPlace.read("CLUSTER", addresses, "", "");
  }

  private static String told(String topology, String addresses, String map) {
    Refusal refusal =
        catchThrowableOfType(Refusal.class, () -> TypedPlace.read(topology, addresses, map, ""));
    return (refusal.key()
            + " "
            + IntStream.range(0, refusal.arguments().length)
                .mapToObj(i -> String.valueOf(refusal.arguments()[i]))
                .collect(Collectors.joining(" ")))
        .strip();
  }
}
