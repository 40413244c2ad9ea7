package io.cachesync.web.security;

import io.cachesync.web.system.Problems;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.security.access.hierarchicalroles.RoleHierarchy;
import org.springframework.security.access.hierarchicalroles.RoleHierarchyImpl;
import org.springframework.security.authentication.LockedException;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.access.AccessDeniedHandlerImpl;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.authentication.AuthenticationFailureHandler;
import org.springframework.security.web.authentication.LoginUrlAuthenticationEntryPoint;
import org.springframework.security.web.authentication.UsernamePasswordAuthenticationFilter;
import org.springframework.security.web.context.HttpSessionSecurityContextRepository;
import org.springframework.security.web.context.SecurityContextRepository;
import org.springframework.security.web.header.HeaderWriterFilter;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;

/** Which request needs what; the services check roles once more. */
@Configuration(proxyBeanMethods = false)
@EnableWebSecurity
@EnableMethodSecurity
public class SecurityConfiguration {
  static final String CONTENT_SECURITY_POLICY =
      "default-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; "
          + "frame-ancestors 'none'";

  /** Its page is not ours and styles itself; scripts stay our own files here too. */
  static final String API_PAGE_POLICY =
      CONTENT_SECURITY_POLICY + "; style-src 'self' 'unsafe-inline'; img-src 'self' data:";

  private static final int BCRYPT_STRENGTH = 11;

  @Bean
  static RoleHierarchy roleHierarchy() {
    return RoleHierarchyImpl.withDefaultRolePrefix()
        .role(Role.ADMIN.name())
        .implies(Role.OPERATOR.name())
        .role(Role.OPERATOR.name())
        .implies(Role.VIEWER.name())
        .build();
  }

  @Bean
  static PasswordEncoder passwordEncoder() {
    return new BCryptPasswordEncoder(BCRYPT_STRENGTH);
  }

  @Bean
  SecurityContextRepository securityContextRepository() {
    return new HttpSessionSecurityContextRepository();
  }

  /** Agents: the report's own job token is checked where it is taken in. */
  @Bean
  @Order(1)
  SecurityFilterChain agents(HttpSecurity http) throws Exception {
    return http.securityMatcher("/agent/v1/**")
        .authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
        .csrf(csrf -> csrf.disable())
        .sessionManagement(
            session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .build();
  }

  /** Programs: by token alone, so that no browser can be made to send one. */
  @Bean
  @Order(2)
  SecurityFilterChain programs(
      HttpSecurity http, ObjectProvider<ApiTokenService> tokens, ObjectProvider<Problems> problems)
      throws Exception {
    tokens.ifAvailable(
        service ->
            http.addFilterBefore(
                new BearerTokenFilter(service), UsernamePasswordAuthenticationFilter.class));
    return http.securityMatcher("/api/**", "/actuator/**")
        .addFilterAfter(new ParametersFilter(), HeaderWriterFilter.class)
        .addFilterAfter(new BodySizeFilter(problems), AuthorizationFilter.class)
        .authorizeHttpRequests(
            requests ->
                requests
                    .requestMatchers("/actuator/health/**")
                    .permitAll()
                    .requestMatchers(HttpMethod.GET)
                    .hasRole(Role.VIEWER.name())
                    .anyRequest()
                    .hasRole(Role.OPERATOR.name()))
        .csrf(csrf -> csrf.disable())
        .sessionManagement(
            session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .exceptionHandling(
            errors ->
                errors
                    .authenticationEntryPoint(noToken(problems))
                    .accessDeniedHandler(
                        (request, response, e) ->
                            problems
                                .getObject()
                                .write(
                                    request,
                                    response,
                                    HttpStatus.FORBIDDEN,
                                    "security.api.forbidden")))
        .build();
  }

  /** The description of the REST API, for people and for programs. */
  @Bean
  @Order(3)
  SecurityFilterChain apiDescription(
      HttpSecurity http, SecurityContextRepository contexts, ObjectProvider<ApiTokenService> tokens)
      throws Exception {
    tokens.ifAvailable(
        service ->
            http.addFilterBefore(
                new BearerTokenFilter(service), UsernamePasswordAuthenticationFilter.class));
    return http.securityMatcher("/swagger-ui/**", "/v3/api-docs/**")
        .addFilterAfter(new ParametersFilter(), HeaderWriterFilter.class)
        .authorizeHttpRequests(requests -> requests.anyRequest().hasRole(Role.VIEWER.name()))
        .securityContext(context -> context.securityContextRepository(contexts))
        .exceptionHandling(
            errors ->
                errors.authenticationEntryPoint(new LoginUrlAuthenticationEntryPoint("/sign-in")))
        .headers(
            headers -> headers.contentSecurityPolicy(csp -> csp.policyDirectives(API_PAGE_POLICY)))
        .build();
  }

  @Bean
  @Order(9)
  SecurityFilterChain pages(HttpSecurity http, SecurityContextRepository contexts)
      throws Exception {
    return http.authorizeHttpRequests(
            requests ->
                requests
                    .requestMatchers("/assets/**", "/favicon.ico", "/sign-in", "/error")
                    .permitAll()
                    .requestMatchers(HttpMethod.POST, "/preferences/**")
                    .permitAll()
                    .requestMatchers("/account/password")
                    .authenticated()
                    .anyRequest()
                    .hasRole(Role.VIEWER.name()))
        .securityContext(context -> context.securityContextRepository(contexts))
        .formLogin(
            form ->
                form.loginPage("/sign-in")
                    .usernameParameter("name")
                    .passwordParameter("password")
                    .defaultSuccessUrl("/")
                    .failureHandler(refused())
                    .permitAll())
        .logout(
            logout ->
                logout
                    .logoutUrl("/sign-out")
                    .logoutSuccessUrl("/sign-in?out")
                    .deleteCookies("cachesync-session"))
        .exceptionHandling(errors -> errors.accessDeniedHandler(forbidden()))
        .addFilterAfter(new FormSizeFilter(), HeaderWriterFilter.class)
        .addFilterAfter(new ParametersFilter(), FormSizeFilter.class)
        .headers(
            headers ->
                headers
                    .contentSecurityPolicy(csp -> csp.policyDirectives(CONTENT_SECURITY_POLICY))
                    .referrerPolicy(referrer -> referrer.policy(ReferrerPolicy.SAME_ORIGIN)))
        .build();
  }

  private static AuthenticationEntryPoint noToken(ObjectProvider<Problems> problems) {
    return (request, response, e) -> {
      response.setHeader("WWW-Authenticate", "Bearer");
      problems
          .getObject()
          .write(request, response, HttpStatus.UNAUTHORIZED, "security.api.unauthorized");
    };
  }

  private static AuthenticationFailureHandler refused() {
    return (request, response, e) ->
        response.sendRedirect(
            request.getContextPath()
                + (e instanceof LockedException ? "/sign-in?throttled" : "/sign-in?error"));
  }

  /** Who has no role yet because the password is to be changed is led there. */
  private static AccessDeniedHandler forbidden() {
    AccessDeniedHandlerImpl page = new AccessDeniedHandlerImpl();
    return (request, response, e) -> {
      Authentication user = SecurityContextHolder.getContext().getAuthentication();
      if (mustChangePassword(user) && isRead(request)) {
        response.sendRedirect(request.getContextPath() + "/account/password");
      } else {
        page.handle(request, response, e);
      }
    };
  }

  private static boolean isRead(HttpServletRequest request) {
    return "GET".equals(request.getMethod());
  }

  private static boolean mustChangePassword(Authentication user) {
    return user != null
        && user.getAuthorities().stream()
            .anyMatch(held -> ConsoleUsers.MUST_CHANGE.equals(held.getAuthority()));
  }
}
