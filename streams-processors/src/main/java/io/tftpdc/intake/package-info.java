/**
 * The door for producers in any language: records of {@code tftp.publish.<tenant>} become chunks in {@code tftp.content}
 * and events in {@code tftp.file-events}. Read {@link io.tftpdc.intake.PublishIntake} first: it decides, without Kafka;
 * {@link io.tftpdc.intake.PublishIntakeProcessor} carries out.
 */
@NullMarked
package io.tftpdc.intake;

import org.jspecify.annotations.NullMarked;
