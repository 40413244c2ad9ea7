package io.cachesync.web.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.Topology;
import io.cachesync.web.testkit.Mappers;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the endpoints' mapper must do on every database. */
abstract class EndpointMapperCases {
  private static final Instant THEN = Instant.parse("2026-01-01T10:00:00Z");
  private static final String MAP = "10.0.0.1:7000=203.0.113.5:7000\n10.0.0.2:7000=nät:7001";

  private Mappers mappers;
  private EndpointMapper endpoints;

  abstract Mappers open();

  @BeforeEach
  void openMappers() {
    mappers = open();
    endpoints = mappers.get(EndpointMapper.class);
  }

  @AfterEach
  void closeMappers() {
    mappers.close();
  }

  @Test
  void keepsWhereAClusterIs() {
    String addresses = "node-%d.example:7000".repeat(100);
    endpoints.insert(row("orders", addresses, MAP), null);

    Endpoint stored = endpoints.findByName("orders").orElseThrow();
    assertThat(stored.topology()).isEqualTo(Topology.CLUSTER);
    assertThat(stored.addresses()).isEqualTo(addresses);
    assertThat(stored.addressMap()).isEqualTo(MAP);
    assertThat(stored.toContract().addressMap())
        .containsEntry("10.0.0.1:7000", "203.0.113.5:7000")
        .hasSize(2);
  }

  @Test
  void changesItAndReadsARowFromBeforeThatColumn() {
    endpoints.insert(row("orders", "10.0.0.1:7000", null), null);
    Endpoint old = endpoints.findByName("orders").orElseThrow();
    assertThat(old.addressMap()).isEmpty();

    Endpoint changed =
        new Endpoint(
            old.id(),
            "orders",
            "",
            "",
            "",
            Topology.CLUSTER,
            "10.0.0.1:7000\n10.0.0.2:7000",
            MAP,
            "",
            "",
            false,
            "",
            false,
            false,
            null,
            "",
            null,
            null,
            null,
            null,
            old.version(),
            THEN,
            THEN);
    assertThat(endpoints.update(changed)).isEqualTo(1);
    assertThat(endpoints.find(old.id()).orElseThrow().addressMap()).isEqualTo(MAP);
  }

  @Test
  void keepsACertificateSealedBesideWhatIsToldOfIt() {
    Endpoint shown = row("orders", "10.0.0.1:7000", null).showing("CN=a", "CN=b", THEN, "AB:CD");
    endpoints.insert(shown, new EndpointMapper.Sealed(null, null, "v1:x"));
    Endpoint stored = endpoints.findByName("orders").orElseThrow();
    assertThat(stored.showsCertificate()).isTrue();
    assertThat(stored.clientIssuer()).isEqualTo("CN=b");
    assertThat(stored.clientUntil()).isEqualTo(THEN);
    assertThat(endpoints.secrets(stored.id()).clientIdentity()).isEqualTo("v1:x");

    endpoints.update(stored.showing(null, null, null, null));
    endpoints.updateClientIdentity(stored.id(), null);
    assertThat(endpoints.find(stored.id()).orElseThrow().showsCertificate()).isFalse();
  }

  @Test
  void findsANodeByWhereItSaysThatItIs() {
    endpoints.insert(row("orders", "10.0.0.9:7000", MAP), null);
    endpoints.insert(row("other", "10.0.0.8:7000", null), null);
    assertThat(
            endpoints.search(
                new EndpointFilter("203.0.113.5", null, null).where(), "addresses asc", 9, 0))
        .extracting(Endpoint::name)
        .containsExactly("orders");
    assertThat(endpoints.search(EndpointFilter.everything().where(), "addresses asc", 9, 0))
        .extracting(Endpoint::name)
        .containsExactly("other", "orders");
  }

  private static Endpoint row(String name, String addresses, String map) {
    return new Endpoint(
        null,
        name,
        "",
        "",
        "",
        Topology.CLUSTER,
        addresses,
        map,
        "",
        "",
        false,
        "",
        false,
        false,
        null,
        "",
        null,
        null,
        null,
        null,
        0,
        THEN,
        THEN);
  }
}
