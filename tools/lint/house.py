# SPDX-License-Identifier: Apache-2.0
"""Measures the grain of the house: how big its files are, and how many exist for one user only.

    bazel run //tools/lint:house                 the table of this workspace
    bazel run //tools/lint:house -- --list       and the headers behind the counts
    bazel run //tools/lint:house -- --root DIR   of another checkout, for a before and an after

Product code is C and C++ outside of tests, benchmarks, testing/ folders, docs/ and third_party/. A header's users are the
product files that include it, other than the source file of its own name. BUILD lines are those of BUILD.bazel files; a test
program is a rule that builds one (cc_test, or any rule of a name that ends so).
"""

import argparse
import pathlib
import re
import statistics
import sys

import lint
import text_rules

SHORT_HEADER = 40
_INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)
_TEST_RULE = re.compile(r'^\s*cc_test\(', re.MULTILINE)
_NO_PRODUCT = ('docs', 'third_party')


def is_product(source):
    """Whether the file is part of what ships, rather than a test, a page's example or somebody else's."""
    return source.is_cxx and not source.is_test and not source.is_under(*_NO_PRODUCT)


def header_users(sources):
    """Product header: the product files that include it, without the source file of its own name."""
    users = {source.path: [] for source in sources if is_product(source) and source.suffix == '.h'}
    for source in filter(is_product, sources):
        own = str(pathlib.PurePath(source.path).with_suffix('.h'))
        for path in set(_INCLUDE.findall(source.text)) - {own}:
            if path in users:
                users[path].append(source.path)
    return users


def short_headers(sources):
    """Product headers under 40 lines."""
    return [s.path for s in sources if is_product(s) and s.suffix == '.h' and len(s.lines) < SHORT_HEADER]


def _build_lines(sources):
    return sum(len(source.lines) for source in sources if source.name == 'BUILD.bazel' and not source.is_under(*_NO_PRODUCT))


def _function_row(product):
    lengths = sorted(length for source in product for _, length in text_rules.function_lengths(source)) or [0]
    percentile_99 = lengths[min(len(lengths) - 1, len(lengths) * 99 // 100)]
    return f'{statistics.median_low(lengths)} / {percentile_99} / {lengths[-1]}'


def measure(sources):
    """The table: (row's name, value) pairs."""
    product = [source for source in sources if is_product(source)]
    users = header_users(sources)
    lines = sum(len(source.lines) for source in product)
    cxx = [source for source in sources if source.is_cxx]
    return [
        ('product headers', len(users)),
        (f'product headers under {SHORT_HEADER} lines', len(short_headers(sources))),
        ('product headers with one product user', sum(len(found) == 1 for found in users.values())),
        ('product files', len(product)),
        ('lines a product file', round(lines / max(1, len(product)))),
        ('lines a C++ file, tests included', round(sum(len(source.lines) for source in cxx) / max(1, len(cxx)))),
        ('BUILD lines per 1,000 product lines', round(1000 * _build_lines(sources) / max(1, lines))),
        ('test programs', sum(len(_TEST_RULE.findall(source.text)) for source in sources if source.is_build)),
        ('function lines, median / 99th percentile / longest', _function_row(product)),
    ]


def _print_lists(sources):
    print('\nunder 40 lines:')
    print(*short_headers(sources), sep='\n')
    print('\nwith one product user:')
    for header, users in header_users(sources).items():
        if len(users) == 1:
            print(f'{header} <- {users[0]}')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--root', required=True, help='the workspace')
    parser.add_argument('--list', action='store_true', help='name the headers that are counted')
    options = parser.parse_args()
    sources = lint.read_sources(options.root)
    for name, value in measure(sources):
        print(f'{name:52} {value}')
    if options.list:
        _print_lists(sources)


if __name__ == '__main__':
    sys.exit(main())
