# SPDX-License-Identifier: GPL-2.0-only
"""section - pages below docs/, of which each measurement writes its own section anew"""
import re


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| %s |\n" % " | ".join(map(str, line)) for line in lines)


def write(page, head, title, text):
    """Replaces the section of this title, or adds it; a new page begins with the head."""
    section = "## %s\n\n%s" % (title, text)
    old = page.read_text(encoding="utf-8") if page.exists() else head
    parts = re.split(r"(?m)^(?=## )", old)
    titles = [part.split("\n", 1)[0] for part in parts]
    if "## " + title in titles:
        parts[titles.index("## " + title)] = section
    else:
        parts.append(section)
    page.write_text("\n".join(part.rstrip("\n") + "\n" for part in parts), encoding="utf-8")
