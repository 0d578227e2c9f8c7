# SPDX-License-Identifier: Apache-2.0
"""A file under check, and what a rule says about it."""

import dataclasses
import pathlib
import re

CXX = {'.h', '.cc', '.c'}
BUILD_NAMES = {'BUILD', 'BUILD.bazel', 'WORKSPACE'}


@dataclasses.dataclass(frozen=True)
class Finding:
    """One violation; `line` counts from 1, 0 means the file as a whole."""
    path: str
    line: int
    rule: str
    message: str

    def __str__(self):
        place = f'{self.path}:{self.line}' if self.line else self.path
        return f'{place}: {self.message} [{self.rule}]'


@dataclasses.dataclass(frozen=True)
class Source:
    """A text file. `path` is relative to the workspace and decides which rules apply."""
    path: str
    text: str

    @property
    def lines(self):
        return self.text.split('\n')[:-1] if self.text.endswith('\n') else self.text.split('\n')

    @property
    def name(self):
        return pathlib.PurePath(self.path).name

    @property
    def suffix(self):
        return pathlib.PurePath(self.path).suffix

    @property
    def is_cxx(self):
        return self.suffix in CXX

    @property
    def is_test(self):
        stem = pathlib.PurePath(self.path).stem
        return stem.endswith(('_test', '_benchmark')) or '/testing/' in self.path or self.path.startswith('tests/')

    @property
    def is_shell(self):
        return self.suffix == '.sh' or re.match(r'#!/bin/(ba)?sh', self.text) is not None

    @property
    def is_build(self):
        return self.name in BUILD_NAMES or self.suffix in {'.bzl', '.BUILD'}

    def is_under(self, *folders):
        return self.path.startswith(tuple(folder + '/' for folder in folders))

    def code_lines(self):
        """(number, line) of each line, without comments and without what strings say."""
        yield from enumerate(_without_comments(self.text).split('\n'), 1)

    def allows(self, number, rule):
        """Whether the line, or the one above, says `lint: allow RULE` (a reason should follow)."""
        lines = self.lines
        nearby = lines[max(0, number - 2):number]
        return any(f'lint: allow {rule}' in line for line in nearby)


def _without_comments(text):
    """Blanks C++ comments and the content of string literals; line numbers stay."""

    def blank(match):
        token = match.group(0)
        if token.startswith('"'):
            return '""'
        return '\n' * token.count('\n')

    return re.sub(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"', blank, text, flags=re.DOTALL)
