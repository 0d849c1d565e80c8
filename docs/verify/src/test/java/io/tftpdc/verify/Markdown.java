package io.tftpdc.verify;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The little Markdown that the reference pages are made of. */
final class Markdown {
    private final StringBuilder text = new StringBuilder();

    Markdown(String title, String source) {
        text.append("# ").append(title).append("\n\n");
        text.append("<!-- Generated from ").append(source).append("; ReferencePagesTest says how. -->\n");
    }

    Markdown heading(int level, String heading) {
        text.append('\n').append("#".repeat(level)).append(' ').append(heading).append('\n');
        return this;
    }

    /** A paragraph, broken into lines of at most 120 characters. */
    Markdown paragraph(String paragraph) {
        text.append('\n');
        int column = 0;
        for (String word : paragraph.strip().split("\\s+", -1)) {
            if (column > 0 && column + 1 + word.length() > 120) {
                text.append('\n');
                column = 0;
            }
            text.append(column == 0 ? "" : " ").append(word);
            column += word.length() + (column == 0 ? 0 : 1);
        }
        text.append('\n');
        return this;
    }

    Markdown code(String language, String block) {
        text.append("\n```").append(language).append('\n');
        block.stripTrailing().lines().forEach(line -> text.append(line.stripTrailing())
                .append('\n'));
        text.append("```\n");
        return this;
    }

    Markdown table(List<String> head, Stream<List<String>> rows) {
        text.append('\n').append(row(head));
        text.append(row(head.stream().map(column -> "---").toList()));
        rows.forEach(cells -> text.append(row(cells)));
        return this;
    }

    private static String row(List<String> cells) {
        return cells.stream()
                .map(cell -> cell.replace("|", "\\|").replaceAll("\\s+", " ").strip())
                .collect(Collectors.joining(" | ", "| ", " |\n"))
                .replaceAll(" +\\|", " |");
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
