# SPDX-License-Identifier: Apache-2.0
"""Rules that need nothing but the text: licences, guards, lengths, addresses."""

import re

from source import Finding

MAX_HEADER_LINES = 400
MAX_SOURCE_LINES = 800
MAX_FUNCTION_LINES = 70
MAX_COLUMNS = 130

_APACHE = 'SPDX-License-Identifier: Apache-2.0'
_DUAL = 'SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause'
_FUNCTION = re.compile(r'^( *)(?!.*\b(?:namespace|class|struct|enum|union|if|for|while|switch|else)\b)[\w~].*\{$')
_MIRROR = re.compile(
    r'(?:https?|ftp)://(?:[\w.-]*\.)?'
    r'(?:deb\.|ftp\.|archive\.|security\.|snapshot\.|mirrors?\.|registry\.|proxy\.|pypi\.|static\.crates\.|repo\d*\.)')


def _needs_licence(source):
    return source.is_cxx or source.is_build or source.is_shell or source.suffix == '.py'


def check_licence(source):
    """Each file of code names its licence in its first lines; what becomes part of the kernel is dual-licensed."""
    if not _needs_licence(source):
        return
    dual = source.is_under('bpf') and source.suffix in {'.h', '.c'}
    expected = _DUAL if dual else _APACHE
    if not any(expected in line for line in source.lines[:3]):
        yield Finding(source.path, 1, 'licence', f'put "{expected}" at the top')


def check_guard(source):
    """A header's guard is its path."""
    if source.suffix != '.h':
        return
    guard = 'SCXX_' + re.sub(r'\W', '_', source.path).upper() + '_'
    wanted = [f'#ifndef {guard}', f'#define {guard}']
    if [line for line in source.lines if line.startswith('#')][:2] != wanted:
        yield Finding(source.path, 1, 'guard', f'guard the header with {guard}')


def check_file_length(source):
    """A file holds one idea."""
    limit = {'.h': MAX_HEADER_LINES, '.cc': MAX_SOURCE_LINES, '.c': MAX_SOURCE_LINES, '.py': MAX_SOURCE_LINES}.get(source.suffix)
    if limit and len(source.lines) > limit:
        yield Finding(source.path, 0, 'file-length', f'{len(source.lines)} lines, over {limit}: split it')


def function_lengths(source):
    """(first line, lines) of each function that does not fit on one line. Relies on clang-format: the closing brace stands
    under the first letter of the declaration, which may have several lines."""
    start, goes_on = None, False
    for number, line in source.code_lines():
        if start is not None:
            if line.startswith(end):
                yield start, number - start + 1
                start = None
            continue
        if not goes_on:
            first, end = number, line[:len(line) - len(line.lstrip())] + '}'
        if _FUNCTION.match(line) and '(' in line:
            start = first
        goes_on = bool(line.strip()) and not line.startswith('#') and line.rstrip()[-1] not in ';{}:'


def check_function_length(source):
    """A function holds one thought."""
    for start, length in function_lengths(source) if source.is_cxx else ():
        if length > MAX_FUNCTION_LINES and not source.allows(start, 'function-length'):
            yield Finding(source.path, start, 'function-length', f'{length} lines, over {MAX_FUNCTION_LINES}: split it')


def _first_line(source, is_bad):
    return next((number for number, line in enumerate(source.lines, 1) if is_bad(line)), None)


def check_whitespace(source):
    """No tabs, no trailing blanks, a newline at the end, lines of scripts that fit a screen. Reports the first of each kind."""
    limited = source.is_build or source.is_shell or source.suffix == '.py'
    last = len(source.lines)
    for line, message in [
            (_first_line(source, lambda line: '\t' in line), 'use spaces, not a tab'),
            (_first_line(source, lambda line: line.endswith(' ')), 'remove the trailing space'),
            (limited and _first_line(source, lambda line: len(line) > MAX_COLUMNS),
             f'over {MAX_COLUMNS} columns: break the line'),
            (last if source.text and not source.text.endswith('\n') else None, 'end the file with a newline'),
    ]:
        if line:
            yield Finding(source.path, line, 'whitespace', message)


def check_addresses(source):
    """Packages come from wherever the machine's own package manager says; no mirror or registry is named."""
    for number, line in enumerate(source.lines, 1):
        if _MIRROR.search(line):
            yield Finding(source.path, number, 'address', 'name no mirror or registry: ask the system\'s package manager')
