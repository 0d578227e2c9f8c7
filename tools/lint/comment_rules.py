# SPDX-License-Identifier: Apache-2.0
"""Comments of C and C++ read as they were written. clang-format leaves them alone, so their shape is ours to keep."""

import dataclasses
import re

from source import Finding

MAX_COLUMNS = 100
# A line of a paragraph that would have held the next word within so many columns was broken by accident.
_ROOM = 80

_COMMENT = re.compile(r'^( *(?://|/\*|\*(?!/)))( *)(.*?)(?: *\*/)?$')
_ITEM = re.compile(r'(?:[-*=|+<]|\(?\w\)|\d+\.?)(?:\s|$)|[-=]{3,}')
_BULLET = re.compile(r'(?:-|\d\.) \w')
_TRAILING = re.compile(r'^ *[^ /*"][^"]*?(//|/\*)')


@dataclasses.dataclass(frozen=True)
class _Line:
    """A line that is a comment and nothing else: where it begins, how far its text is indented, the text."""
    column: int
    indent: int
    text: str
    width: int

    @property
    def is_prose(self):
        return self.text and not _ITEM.match(self.text) and 'SPDX' not in self.text and '  ' not in self.text

    @property
    def ends_sentence(self):
        return self.text.endswith(('.', ':', ';', '!', '?', '.)'))


def _parse(line):
    match = _COMMENT.match(line)
    return match and _Line(len(match.group(1)), len(match.group(2)), match.group(3), len(line))


def _pairs(source):
    """(number, line, the next one, whether they are prose) for neighbours that are lines of one comment."""
    parsed = [_parse(line) for line in source.lines]
    item = None  # how far the text of a list item is indented
    for number, (line, after) in enumerate(zip(parsed, parsed[1:]), 1):
        if not line or not line.text:
            item = None
        elif _ITEM.match(line.text):
            item = line.indent + 2
        if line and after and line.text and after.text and abs(line.column - after.column) <= 1:
            yield number, line, after, line.is_prose and after.is_prose and line.indent in {0, 1, item}


def check_orphans(source):
    """No line of a paragraph is broken early, and no paragraph begins in the line after an indented list or example."""
    if not source.is_cxx:
        return
    for number, line, after, prose in _pairs(source):
        early = line.width + 1 + len(after.text.split()[0]) <= _ROOM
        if prose and early and not line.ends_sentence:
            yield Finding(source.path, number, 'orphan', 'the next word has room in this line: is a list or example torn apart?')
        outdented = line.indent > after.indent == 1 or (_BULLET.match(line.text) and line.indent == after.indent)
        if outdented and not _ITEM.match(after.text):
            yield Finding(source.path, number + 1, 'orphan', 'indent what belongs to the line above, or leave a line free')


def check_trailing_comments(source):
    """A comment behind code is one line long."""
    if not source.is_cxx:
        return
    lines = source.lines
    for number, (line, after) in enumerate(zip(lines, lines[1:]), 1):
        match = _TRAILING.match(line)
        if not match:
            continue
        column = match.start(1)
        goes_on = after.lstrip(' ').startswith('//') and after.find('//') == column
        if goes_on if match.group(1) == '//' else '*/' not in line[column:]:
            yield Finding(source.path, number, 'trailing-comment', 'put a comment of several lines above the declaration')


def check_comment_width(source):
    """Comments keep to the columns that clang-format keeps code to."""
    if not source.is_cxx:
        return
    for number, line in enumerate(source.lines, 1):
        if len(line) > MAX_COLUMNS and re.match(r' *(//|/\*|\*)', line):
            yield Finding(source.path, number, 'comment-width', f'over {MAX_COLUMNS} columns: break the line')


def check_reflow(_root, sources):
    """clang-format does not touch comments."""
    for source in sources:
        if source.name == '.clang-format' and 'ReflowComments: false' not in source.lines:
            yield Finding(source.path, 0, 'reflow', 'say "ReflowComments: false", or lists in comments become paragraphs')
