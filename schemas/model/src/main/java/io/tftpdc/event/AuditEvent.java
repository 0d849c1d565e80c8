package io.tftpdc.event;

/**
 * Somebody did, or tried to do, something through an administrative door.
 *
 * @param tenant concerned, or empty
 * @param action a verb and noun such as {@code file.publish}
 * @param resource what it was done to, such as {@code default/boot/x}
 * @param outcome {@code OK}, {@code REFUSED} or {@code FAILED}
 * @param remoteAddress numeric address of who asked
 * @param detail for people, may be empty
 */
public record AuditEvent(
        EventEnvelope envelope,
        String tenant,
        String action,
        String resource,
        String outcome,
        String remoteAddress,
        String detail) {}
