# SPDX-License-Identifier: Apache-2.0
"""Code in a page is code that compiles: each fenced block of C++ or Starlark names the file that it was copied from.

    <!-- from docs/examples/weighted_policy.h -->
    ```c++
    ...consecutive lines of that file, indented as there or less...
    ```
"""

import re
import textwrap

from source import Finding

_FROM = re.compile(r'^<!-- from (\S+) -->$')
_FENCE = re.compile(r'^```(\S+)$')
_LANGUAGES = {'c++', 'cpp', 'cc', 'starlark', 'bazel', 'python'}


def _is_page(source):
    return source.suffix == '.md'


def _blocks(source):
    """(line number, file named or None, code) of each block of code."""
    lines = source.lines
    for start, line in enumerate(lines):
        fence = _FENCE.match(line)
        if not fence or fence.group(1) not in _LANGUAGES:
            continue
        end = lines.index('```', start + 1) if '```' in lines[start + 1:] else len(lines)
        origin = _FROM.match(lines[start - 1]) if start else None
        yield start + 1, origin and origin.group(1), lines[start + 1:end]


def _is_part(code, lines):
    """Whether the code is consecutive lines of the file, but for the indentation that they share."""
    wanted = textwrap.dedent('\n'.join(code))
    return bool(code) and any(
        textwrap.dedent('\n'.join(lines[start:start + len(code)])) == wanted for start in range(len(lines) - len(code) + 1))


def check_doc_code(_root, sources):
    """What a page shows stands in a file that is compiled."""
    by_path = {source.path: source for source in sources}
    for source in filter(_is_page, sources):
        for number, origin, code in _blocks(source):
            if origin is None:
                message = 'say which compiled file this is from: <!-- from PATH --> in the line above'
            elif origin not in by_path:
                message = f'there is no {origin}'
            elif not _is_part(code, by_path[origin].lines):
                message = f'{origin} does not have these lines, word for word'
            else:
                continue
            yield Finding(source.path, number, 'doc-code', message)
