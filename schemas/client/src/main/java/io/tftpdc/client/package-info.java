/**
 * The Java library behind REST, the command line and other people's producers. Two doors: {@link
 * io.tftpdc.client.TftpdcClient} speaks to the admin API and needs nothing but a URL; {@link
 * io.tftpdc.client.FilePublisher}, {@link io.tftpdc.client.ContentReader} and {@link io.tftpdc.client.FileCatalog} speak
 * to Kafka and to the index itself, which is what the admin API does behind its door.
 */
@NullMarked
package io.tftpdc.client;

import org.jspecify.annotations.NullMarked;
