package io.tftpdc.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class SiteVariantTest {
    private static final SiteName DC2 = new SiteName("dc2");

    @Test
    void aVariantHasANameThatTellsItAgain() {
        SiteVariant variant = new SiteVariant(DC2, new FilePath("boot/x.efi"));

        assertThat(variant.name()).hasToString("@site/dc2/boot/x.efi");
        assertThat(SiteVariant.of(variant.name())).contains(variant);
    }

    @Test
    void otherNamesAreNoVariants() {
        for (String name : List.of("boot/x", "@site", "@sites/dc2/x", "@site/dc2", "@site/No/x", "@SITE/dc2/x")) {
            assertThat(SiteVariant.of(new FilePath(name))).as(name).isEmpty();
        }
    }

    @Test
    void aNameThatIsSetApartAndNoVariantIsAProblem() {
        for (String name : List.of("@site/dc2", "@site/No/x", "@SITE/dc2/x", "@\u017fite/dc2/x", "@site/a/@site/b/x")) {
            assertThat(SiteVariant.problem(new FilePath(name))).as(name).isPresent();
        }
        for (String name : List.of("boot/x", "@site", "@site/dc2/x", "x/@site/dc2/x")) {
            assertThat(SiteVariant.problem(new FilePath(name))).as(name).isEmpty();
        }
    }

    @Test
    void aFileForSitesHasANameForEachOfThem() {
        FilePath path = new FilePath("boot/x");

        assertThat(SiteVariant.names(path, List.of())).containsExactly(path);
        assertThat(SiteVariant.names(path, SiteVariant.parseSites("dc2, dc3,dc2")))
                .extracting(FilePath::value)
                .containsExactly("@site/dc2/boot/x", "@site/dc3/boot/x");
    }

    @Test
    void aVariantOfAVariantIsRefused() {
        FilePath variant = new FilePath("@site/dc2/boot/x");

        assertThat(SiteVariant.names(variant, List.of())).containsExactly(variant);
        assertThatThrownBy(() -> SiteVariant.names(variant, List.of(DC2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected the plain path");
    }
}
