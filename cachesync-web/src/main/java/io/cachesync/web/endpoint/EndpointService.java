package io.cachesync.web.endpoint;

import io.cachesync.contract.EndpointSecrets;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.TlsIdentity;
import io.cachesync.contract.Topology;
import io.cachesync.web.agent.ContractJson;
import io.cachesync.web.audit.AuditService;
import io.cachesync.web.security.RequiresOperator;
import io.cachesync.web.security.RequiresViewer;
import io.cachesync.web.security.SecretBox;
import io.cachesync.web.system.Page;
import io.cachesync.web.system.PageRequest;
import io.cachesync.web.system.Refusal;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** The registered endpoints and every change to them. */
@Service
public class EndpointService {
  private static final Map<String, String> COLUMNS =
      Map.of(
          "name", "name",
          "owner", "owner",
          "address", "addresses",
          "changed", "updated_at");

  /** What a list can be sorted by. */
  static final Set<String> SORTS = COLUMNS.keySet();

  private final EndpointMapper endpoints;
  private final SecretBox box;
  private final AuditService audit;
  private final ObjectProvider<EndpointUse> uses;
  private final Clock clock;

  EndpointService(
      EndpointMapper endpoints,
      SecretBox box,
      AuditService audit,
      ObjectProvider<EndpointUse> uses,
      Clock clock) {
    this.endpoints = endpoints;
    this.box = box;
    this.audit = audit;
    this.uses = uses;
    this.clock = clock;
  }

  public Optional<Endpoint> find(long id) {
    return endpoints.find(id);
  }

  /** The endpoint, or a refusal that says that there is none. */
  public Endpoint get(long id) {
    return find(id).orElseThrow(() -> Refusal.notFound("endpoint.refused.unknown", id));
  }

  /** All of them by name, for a choice. */
  public List<Endpoint> all() {
    return endpoints.all();
  }

  @RequiresViewer
  public Page<Endpoint> search(EndpointFilter filter, PageRequest request) {
    String orderBy = request.orderBy(COLUMNS, "name asc");
    return new Page<>(
        endpoints.search(filter.where(), orderBy, request.limit(), request.offset()),
        endpoints.count(filter.where()),
        request);
  }

  /** How far its certificate is from its end; null where it shows none. */
  @RequiresViewer
  public CertificateTime certificateTime(Endpoint endpoint) {
    return endpoint.showsCertificate()
        ? CertificateTime.of(endpoint.clientUntil(), clock.instant())
        : null;
  }

  /** Its secrets; only for what is handed to an agent. */
  @RequiresOperator
  public EndpointSecrets secrets(long id) {
    EndpointMapper.Sealed sealed = endpoints.secrets(id);
    return sealed == null
        ? EndpointSecrets.of("")
        : new EndpointSecrets(
            opened(sealed.password()),
            opened(sealed.sentinelPassword()),
            sealed.clientIdentity() == null
                ? null
                : ContractJson.read(box.open(sealed.clientIdentity()), TlsIdentity.class));
  }

  /** What uses the endpoint. */
  @RequiresViewer
  public List<EndpointUse.User> usersOf(long id) {
    List<EndpointUse.User> users = new ArrayList<>();
    uses.forEach(use -> users.addAll(use.usersOf(id)));
    return users;
  }

  @RequiresOperator
  @Transactional
  public Endpoint add(EndpointForm form) {
    Typed typed = typed(form);
    SentinelLogin.checkComplete(form.sentinelUser(), !form.sentinelPassword().isEmpty());
    ClientIdentity identity = identity(form, typed);
    Instant now = clock.instant();
    try {
      endpoints.insert(
          showing(identity, row(form, typed, null, 0, now, now)),
          new EndpointMapper.Sealed(
              sealed(typed.password()), sealed(form.sentinelPassword()), sealed(identity)));
    } catch (DuplicateKeyException e) {
      throw Refusal.invalid("name", "endpoint.invalid.taken", form.name());
    }
    Endpoint added = endpoints.findByName(form.name()).orElseThrow();
    audit.record("endpoint.add", added.name(), place(added));
    recordCertificate(null, added);
    return added;
  }

  /**
   * Changes an endpoint. Where it leads to stays as it is while tasks run on it; others notice such
   * a change at their next start. Their next start takes a new login or password.
   */
  @RequiresOperator
  @Transactional
  public Endpoint edit(long id, EndpointForm form) {
    Endpoint before = get(id);
    Typed typed = typed(form);
    ClientIdentity identity = identity(form, typed);
    Endpoint row = row(form, typed, id, form.version(), before.createdAt(), clock.instant());
    boolean keepsCertificate = identity == null && !form.noClientCertificate() && row.tls();
    Endpoint changed = keepsCertificate ? showingThatOf(before, row) : showing(identity, row);
    checkKept(before, changed, form, typed);
    if (keepsCertificate
        && before.showsCertificate()
        && !LoginPlace.sameServers(before.toContract(), changed.toContract())) {
      throw Refusal.invalid(ClientIdentity.KEY, "endpoint.invalid.clientAgain");
    }
    uses.stream()
        .flatMap(use -> use.ledAwayBy(changed).stream())
        .findFirst()
        .ifPresent(
            user -> {
              throw Refusal.conflict("endpoint.refused.runs", before.name(), user.name());
            });
    try {
      if (endpoints.update(changed) == 0) {
        throw Refusal.conflict("endpoint.refused.changed", before.name());
      }
    } catch (DuplicateKeyException e) {
      throw Refusal.invalid("name", "endpoint.invalid.taken", form.name());
    }
    if (form.noPassword() || !typed.password().isEmpty()) {
      endpoints.updateSecret(id, form.noPassword() ? null : sealed(typed.password()));
    }
    String sentinelPassword = form.sentinelPassword();
    boolean none = form.noSentinelPassword() || !changed.sentinel();
    if (none || !sentinelPassword.isEmpty()) {
      endpoints.updateSentinelSecret(id, none ? null : sealed(sentinelPassword));
    }
    if (!keepsCertificate) {
      endpoints.updateClientIdentity(id, sealed(identity));
    }
    audit.record("endpoint.edit", changed.name(), place(changed));
    recordCertificate(before.clientFingerprint(), changed);
    return get(id);
  }

  /** A stored password must not be sent to where somebody who does not know it points it. */
  private static void checkKept(Endpoint before, Endpoint now, EndpointForm form, Typed typed) {
    RedisEndpoint from = before.toContract();
    RedisEndpoint to = now.toContract();
    boolean keeps = before.hasSecret() && !form.noPassword() && typed.password().isEmpty();
    if (keeps && !LoginPlace.same(from, to)) {
      throw Refusal.invalid("password", "endpoint.invalid.passwordAgain");
    }
    boolean keepsOfSentinels =
        before.hasSentinelSecret()
            && now.sentinel()
            && !form.noSentinelPassword()
            && form.sentinelPassword().isEmpty();
    if (keepsOfSentinels && !LoginPlace.sameSentinels(from, to)) {
      throw Refusal.invalid(SentinelLogin.PASSWORD, "endpoint.invalid.sentinelPasswordAgain");
    }
    SentinelLogin.checkComplete(
        form.sentinelUser(), keepsOfSentinels || !form.sentinelPassword().isEmpty());
  }

  /**
   * Says what an endpoint is, once it answered as something else; everything else of it stays.
   *
   * @param masterName of sentinels, otherwise empty
   * @param version that was read
   */
  @RequiresOperator
  @Transactional
  public Endpoint changeTopology(long id, Topology topology, String masterName, long version) {
    EndpointForm form = EndpointForm.of(get(id)).of(topology, masterName);
    return edit(id, form.at(version));
  }

  @RequiresOperator
  @Transactional
  public void delete(long id) {
    Endpoint endpoint = get(id);
    List<EndpointUse.User> users = usersOf(id);
    if (!users.isEmpty()) {
      throw Refusal.conflict("endpoint.refused.used", endpoint.name(), users.get(0).name());
    }
    endpoints.delete(id);
    audit.record("endpoint.delete", endpoint.name(), place(endpoint));
  }

  private void recordCertificate(String fingerprintBefore, Endpoint now) {
    if (Objects.equals(fingerprintBefore, now.clientFingerprint())) {
      return;
    }
    audit.record(
        "endpoint.certificate",
        now.name(),
        now.showsCertificate()
            ? "%s, %s, SHA-256 %s"
                .formatted(now.clientSubject(), now.clientUntil(), now.clientFingerprint())
            : "-");
  }

  /** What was typed of a certificate to show, or null for nothing. */
  private ClientIdentity identity(EndpointForm form, Typed typed) {
    if (form.clientCertificate().isEmpty() && form.clientKey().isEmpty()) {
      return null;
    }
    if (!typed.tls()) {
      throw Refusal.invalid(ClientIdentity.CERTIFICATE, "endpoint.invalid.clientWithoutTls");
    }
    return ClientIdentity.read(form.clientCertificate(), form.clientKey(), clock.instant());
  }

  /** Where it leads, for the audit log; also which master, and where nodes are reached. */
  private static String place(Endpoint endpoint) {
    if (endpoint.topology() == Topology.STANDALONE) {
      return endpoint.addresses();
    }
    return Stream.of(
            endpoint.topology().name(),
            endpoint.masterName(),
            endpoint.addresses(),
            endpoint.addressMap())
        .filter(part -> !part.isEmpty())
        .collect(Collectors.joining(" "))
        .replace('\n', ' ');
  }

  private String opened(String sealed) {
    return sealed == null ? "" : box.open(sealed);
  }

  private String sealed(String password) {
    return password.isEmpty() ? null : box.seal(password);
  }

  private String sealed(ClientIdentity identity) {
    return identity == null ? null : box.seal(ContractJson.write(identity.pem()));
  }

  private static Endpoint showing(ClientIdentity identity, Endpoint row) {
    return identity == null
        ? row
        : row.showing(
            identity.subject(), identity.issuer(), identity.until(), identity.fingerprint());
  }

  private static Endpoint showingThatOf(Endpoint before, Endpoint row) {
    return row.showing(
        before.clientSubject(),
        before.clientIssuer(),
        before.clientUntil(),
        before.clientFingerprint());
  }

  private static Endpoint row(
      EndpointForm form, Typed typed, Long id, long version, Instant created, Instant updated) {
    return new Endpoint(
        id,
        form.name(),
        form.owner(),
        form.tagColumn(),
        form.notes(),
        typed.place().topology(),
        String.join("\n", typed.place().addresses()),
        typed.place().mapText(),
        typed.place().masterName(),
        typed.user(),
        !typed.password().isEmpty(),
        form.sentinelUser(),
        !form.sentinelPassword().isEmpty(),
        typed.tls(),
        form.caPem().isEmpty() ? null : form.caPem(),
        form.serverName(),
        null,
        null,
        null,
        null,
        version,
        created,
        updated);
  }

  /** Takes the addresses apart: the login of a URI counts where the fields are empty. */
  private static Typed typed(EndpointForm form) {
    TypedPlace place =
        TypedPlace.read(form.topology(), form.addresses(), form.addressMap(), form.masterName());
    SentinelLogin.check(place.topology(), form.sentinelUser(), form.sentinelPassword());
    return new Typed(
        place,
        form.loginUser().isEmpty() ? place.user() : form.loginUser(),
        form.password().isEmpty() ? place.password() : form.password(),
        form.tls() || place.tls());
  }

  /** What the address and the login fields say together. */
  private record Typed(TypedPlace place, String user, String password, boolean tls) {
    @Override
    public String toString() {
      return "Typed[" + place + "]";
    }
  }
}
