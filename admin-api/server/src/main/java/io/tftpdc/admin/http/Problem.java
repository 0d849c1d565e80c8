package io.tftpdc.admin.http;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * An error as a problem document (RFC 9457).
 *
 * @param type {@code urn:tftpdc:problem:} and a word for programs
 * @param title the same in words
 * @param status of the answer
 * @param detail what was found and what was expected
 * @param fix what to do about it
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Problem(String type, String title, int status, String detail, String fix) {

    /** Media type of a problem document. */
    public static final String MEDIA_TYPE = "application/problem+json";

    /** @param slug such as {@code unknown-tenant}; becomes type and title */
    public static Problem of(int status, String slug, String detail, String fix) {
        String words = slug.replace('-', ' ');
        String title = Character.toUpperCase(words.charAt(0)) + words.substring(1);
        return new Problem("urn:tftpdc:problem:" + slug, title, status, detail, fix);
    }

    public ProblemException asException() {
        return new ProblemException(this);
    }
}
