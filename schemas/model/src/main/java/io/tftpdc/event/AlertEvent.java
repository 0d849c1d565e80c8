package io.tftpdc.event;

/** A condition that an operator should know of began or ended. */
public sealed interface AlertEvent {
    EventEnvelope envelope();

    /** Name of the rule, which has a page of its own in the manual. */
    String rule();

    /**
     * @param subject what it is about, such as a site or a node
     * @param summary what was found, what was expected and what to do
     */
    record AlertRaised(EventEnvelope envelope, String rule, String subject, String summary) implements AlertEvent {}

    record AlertCleared(EventEnvelope envelope, String rule, String subject) implements AlertEvent {}

    /** A kind of alert that is newer than this program. */
    record UnknownAlert(EventEnvelope envelope, String rule, String type) implements AlertEvent {}
}
