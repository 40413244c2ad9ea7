/**
 * Registered Redis deployments: where they are, how to sign in, what they say of themselves.
 *
 * <p>May use {@code machine}, {@code agent}, the infrastructure and the contract.
 */
package io.cachesync.web.endpoint;
