package io.tftpdc.admin.files;

import io.tftpdc.event.FileKey;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.SiteVariant;
import java.util.List;

/**
 * What a request is about: a file, or its variants for some sites.
 *
 * @param file as the address names it
 * @param sites none for the file that all sites have
 * @param keys the file's, or the variants'; at least one
 */
record FileTarget(FileKey file, List<SiteName> sites, List<FileKey> keys) {

    /** @throws IllegalArgumentException that says what is wrong with the path or the sites */
    static FileTarget of(FileKey file, List<SiteName> sites) {
        List<FileKey> keys = SiteVariant.names(file.path(), sites).stream()
                .map(name -> new FileKey(file.tenant(), name))
                .toList();
        return new FileTarget(file, List.copyOf(sites), keys);
    }
}
