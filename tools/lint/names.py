# SPDX-License-Identifier: Apache-2.0
"""One name for one thing: classes of ours, and the type of a string that is only looked at."""

import re

from source import Finding

_CLASS = re.compile(r'^(?:class|struct|enum class|enum) (?:\[\[\w+\]\] )?(\w+)(?: final)?(?: : [^;]*)?(?: \{.*|)$')
_NAMESPACE = re.compile(r'^(?:inline )?namespace(?: ([\w:]+))? \{$')
_STRING_VIEW = re.compile(r'\bstd::string_view\b|#include <string_view>')


def _classes(source):
    """(line number, qualified name) of each class at namespace scope that other files can see."""
    scope = []
    for number, line in enumerate(source.lines, 1):
        opened = _NAMESPACE.match(line)
        if opened:
            scope.append(opened.group(1) or '')
        elif line.startswith('}  // namespace') and scope:
            scope.pop()
        match = _CLASS.match(line)
        if match and scope and '' not in scope:
            yield number, '::'.join([*scope, match.group(1)])


def check_class_names(_root, sources):
    """No two classes have one qualified name, nor does a class of a namespace within scxx hide one of scxx itself."""
    seen = {}
    for source in filter(lambda source: source.is_cxx, sources):
        for number, name in _classes(source):
            seen.setdefault(name, []).append((source.path, number))
    for name, places in seen.items():
        outer = seen.get('scxx::' + name.rpartition('::')[2], places)
        first, others = (places[0], places[1:]) if outer is places else (outer[0], places)
        for path, number in others:
            yield Finding(path, number, 'class-name', f'{first[0]} has a class of this name: call one of them something else')


def check_string_view(source):
    """Debian's Abseil has a string_view of its own, so there is one in our code: Abseil's."""
    if not source.is_cxx:
        return
    for number, line in source.code_lines():
        if _STRING_VIEW.search(line) and not source.allows(number, 'string-view'):
            yield Finding(source.path, number, 'string-view', 'use absl::string_view: Debian\'s Abseil takes no other')
