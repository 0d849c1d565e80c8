package io.tftpdc.runtime.directory;

import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;

/** Another process has the directory. */
public final class DirectoryInUseException extends UnusableDirectoryException {

    private static final long serialVersionUID = 1L;

    private final long owner;

    DirectoryInUseException(Path path, OptionalLong owner, Duration waited) {
        super(path + " is in use by process " + (owner.isPresent() ? owner.getAsLong() : "(unknown)")
                + (waited.isZero() ? "" : ", still after waiting for " + waited.toSeconds() + " s")
                + "; stop that process, or choose another directory");
        this.owner = owner.orElse(-1);
    }

    /** The process id of the owner, when it could be read. */
    public OptionalLong owner() {
        return owner < 0 ? OptionalLong.empty() : OptionalLong.of(owner);
    }
}
