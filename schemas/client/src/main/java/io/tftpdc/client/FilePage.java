package io.tftpdc.client;

import java.util.List;

/**
 * Part of a list of files, in the order of their paths.
 *
 * @param next path to go on after, or empty at the end
 */
public record FilePage(List<FileInfo> files, String next) {}
