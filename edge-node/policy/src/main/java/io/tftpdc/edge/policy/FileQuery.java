package io.tftpdc.edge.policy;

import io.tftpdc.event.FilePath;
import io.tftpdc.event.Tenant;
import java.util.List;

/**
 * What to look for: the first of some names that is there.
 *
 * @param tenant whose file
 * @param paths one or more, the best first
 * @param ignoreCase take a file whose name differs in the case of letters only, where there is none of the exact name
 */
public record FileQuery(Tenant tenant, List<FilePath> paths, boolean ignoreCase) {
    public FileQuery {
        paths = List.copyOf(paths);
        if (paths.isEmpty()) {
            throw new IllegalArgumentException("a query needs a path to look for");
        }
    }
}
