package io.tftpdc.event;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A file's variant for one site: what that site's edge nodes serve under the path instead of the file that all sites
 * have. It is an ordinary file with a name of its own, {@code @site/SITE/PATH}, so it has versions, a history and a stamp
 * like any other, converges like any other, and shares its chunks with every other file of the same bytes.
 *
 * <p>No client may ask for such a name; nodes make it themselves, of their own site.
 *
 * @param path what clients ask for
 */
public record SiteVariant(SiteName site, FilePath path) {

    /** What the names of variants begin with. */
    public static final String PREFIX = "@site/";

    public SiteVariant {
        if (isReserved(path.value())) {
            throw new IllegalArgumentException("path '" + path + "' is that of a site's variant already; expected the"
                    + " plain path, such as boot/pxelinux.0, beside the name of the site");
        }
    }

    /** The name that the variant is published under. */
    public FilePath name() {
        return new FilePath(PREFIX + site + "/" + path);
    }

    /** The variant that a name stands for; empty for the name of any other file. */
    public static Optional<SiteVariant> of(FilePath name) {
        String value = name.value();
        int slash = value.indexOf('/', PREFIX.length());
        if (!value.startsWith(PREFIX) || slash < 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(new SiteVariant(
                    new SiteName(value.substring(PREFIX.length(), slash)), new FilePath(value.substring(slash + 1))));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Whether a name is set apart for variants, whatever the case of its letters. */
    public static boolean isReserved(String name) {
        return name.regionMatches(true, 0, PREFIX, 0, PREFIX.length());
    }

    /** Why no file may have this name; empty for any that is not set apart, and for that of a variant. */
    public static Optional<String> problem(FilePath name) {
        return !isReserved(name.value()) || of(name).isPresent()
                ? Optional.empty()
                : Optional.of(
                        "path '" + name + "' begins with " + PREFIX + ", which is for the variants of sites; expected "
                                + PREFIX + "SITE/PATH with the name of a site, or another path");
    }

    /**
     * The names to publish a file under.
     *
     * @param sites whose variant it is; none for the file that all sites have
     * @throws IllegalArgumentException that says what is wrong with the path
     */
    public static List<FilePath> names(FilePath path, List<SiteName> sites) {
        Optional<String> problem = problem(path);
        if (problem.isPresent()) {
            throw new IllegalArgumentException(problem.get());
        }
        if (sites.isEmpty()) {
            return List.of(path);
        }
        List<FilePath> names = new ArrayList<>();
        for (SiteName site : sites) {
            FilePath name = new SiteVariant(site, path).name();
            if (!names.contains(name)) {
                names.add(name);
            }
        }
        return names;
    }

    /**
     * Reads a list of sites as a person writes it.
     *
     * @param written names with commas between them
     * @throws IllegalArgumentException that says what is wrong with it
     */
    public static List<SiteName> parseSites(String written) {
        List<SiteName> sites = new ArrayList<>();
        for (String name : written.split(",", -1)) {
            sites.add(new SiteName(name.strip()));
        }
        return sites;
    }
}
