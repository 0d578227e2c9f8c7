# SPDX-License-Identifier: Apache-2.0
"""What a program can check of a page's prose. The rest is in CONTRIBUTING.md."""

import re

from source import Finding

MAX_README_LINES = 110

_ITEM = re.compile(r'^\s*(?:[-*]|\d+\.) +')
_SENTENCE_END = re.compile(r'(?<=[.!?])[)*_]*\s+(?=[A-Z*`\[("])')
_OPENING = re.compile(r'[*_("]*(Who|Of an?) ')
_COLON = re.compile(r':(?=\s|$)')
_CODE_OR_ADDRESS = re.compile(r'`[^`]*`|(?<=\])\([^)]*\)|https?://\S+')


def _is_prose(line, after_blank):
    """Whether the line is neither blank nor part of a table, a heading, a marker or indented code."""
    code = after_blank and line.startswith('    ')
    return bool(line.strip()) and not code and not line.lstrip().startswith(('|', '#', '<!--'))


def _paragraphs(lines):
    """(line number, text) of each paragraph and each item of a list."""
    start, words, fenced, after_blank = 0, [], False, True
    for number, line in enumerate(lines + [''], 1):
        fence = line.startswith('```')
        prose = not fenced and not fence and _is_prose(line, after_blank)
        if words and (not prose or _ITEM.match(line)):
            yield start, ' '.join(words)
            words = []
        if prose:
            start = start if words else number
            words.append(_ITEM.sub('', line).strip())
        fenced ^= fence
        after_blank = not line.strip() or (after_blank and not prose)


def _sentences(source):
    """(line number of its paragraph, text) of each sentence; what code and addresses say is blanked."""
    for number, text in _paragraphs(source.lines):
        for sentence in _SENTENCE_END.split(_CODE_OR_ADDRESS.sub('`', text)):
            yield number, sentence


def check_prose(source):
    """A page is written for strangers: its subjects come first, and its sentences are short enough to be read once."""
    if source.suffix != '.md':
        return
    if source.path == 'README.md' and len(source.lines) > MAX_README_LINES:
        yield Finding(source.path, 0, 'prose', f'{len(source.lines)} lines, over {MAX_README_LINES}: a page of docs/ has room')
    for number, sentence in _sentences(source):
        begin = ' '.join(sentence.split()[:6])
        opening = _OPENING.match(sentence)
        if opening:
            yield Finding(source.path, number, 'prose', f'"{begin} ...": begin with the subject, not with "{opening.group(1)}"')
        if len(_COLON.findall(sentence)) > 1:
            yield Finding(source.path, number, 'prose', f'"{begin} ...": one colon in a sentence')
