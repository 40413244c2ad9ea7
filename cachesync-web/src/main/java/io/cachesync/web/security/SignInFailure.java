package io.cachesync.web.security;

import java.time.Instant;

/** Failed sign-ins of one name from one address, since the last one that worked. */
record SignInFailure(String name, String address, int failures, Instant lastAt) {}
