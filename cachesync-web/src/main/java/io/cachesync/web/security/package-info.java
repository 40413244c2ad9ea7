/**
 * Who may do what: users, sign-in, roles, API tokens, and the box that keeps secrets at rest. Uses
 * {@code system} and {@code audit}.
 */
package io.cachesync.web.security;
