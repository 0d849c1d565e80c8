/**
 * MirrorMaker 2 for one site: it pulls the events, chunks and reports of each peer into this site's Kafka, where they
 * get topics of their own ({@code dc2.tftp.file-events}). Read {@link io.tftpdc.mirror.MirrorSettings} first: what
 * matters is how MirrorMaker is set up; {@link io.tftpdc.mirror.MirrorRunner} keeps it running,
 * {@link io.tftpdc.mirror.LinkWatch} sees how far behind it is, and {@link io.tftpdc.mirror.MirrorMakerProcess} is the
 * program.
 */
@NullMarked
package io.tftpdc.mirror;

import org.jspecify.annotations.NullMarked;
