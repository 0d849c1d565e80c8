package io.tftpdc.edge.policy;

/** What {@link RequestPolicy} says of a request. */
public sealed interface Decision permits Admission, Refused {}
