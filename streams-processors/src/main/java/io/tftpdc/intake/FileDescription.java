package io.tftpdc.intake;

import io.tftpdc.event.Sha256;
import io.tftpdc.event.SiteName;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the headers say about a file.
 *
 * @param declaredHash SHA-256 that the publisher computed over the whole file, if it did
 * @param contentType media type, or empty
 * @param labels free key-values
 * @param sites whose variant it is; none for the file that all sites have
 */
record FileDescription(
        Optional<Sha256> declaredHash, String contentType, Map<String, String> labels, List<SiteName> sites) {
    FileDescription {
        sites = List.copyOf(sites);
        labels = Map.copyOf(labels);
    }

    FileDescription withDeclaredHash(Optional<Sha256> hash) {
        return new FileDescription(hash, contentType, labels, sites);
    }
}
