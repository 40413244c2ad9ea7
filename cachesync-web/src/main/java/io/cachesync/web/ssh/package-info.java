/**
 * SSH connections to the machines: login, pinned host keys, commands, files, port forwards. The
 * only package that uses the SSH library; sees no feature.
 */
package io.cachesync.web.ssh;
