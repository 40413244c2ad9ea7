package io.cachesync.web.machine;

/** How the console logs in. */
public enum LoginKind {
  KEY,
  PASSWORD
}
