# SPDX-License-Identifier: Apache-2.0
"""Checks the house rules that a compiler does not: one line a finding, exit status 1 when there is any.

    bazel run //tools/lint              the whole workspace
    bazel run //tools/lint -- --fix     and format C and C++ in place
"""

import argparse
import os
import pathlib
import sys

import banned_calls
import comment_rules
import doc_code
import layering
import names
import programs
import prose
import references
import text_rules
from source import Source

_FILE_RULES = [
    text_rules.check_licence,
    text_rules.check_guard,
    text_rules.check_file_length,
    text_rules.check_function_length,
    text_rules.check_whitespace,
    text_rules.check_addresses,
    banned_calls.check_banned_calls,
    comment_rules.check_orphans,
    comment_rules.check_trailing_comments,
    comment_rules.check_comment_width,
    names.check_string_view,
    layering.check_layering,
    layering.check_libbpf_users,
    prose.check_prose,
]
_TREE_RULES = [
    doc_code.check_doc_code,
    comment_rules.check_reflow,
    names.check_class_names,
    references.check_paths,
    references.check_links,
    references.check_statements,
    references.check_commits,
    programs.check_format,
    programs.check_shell,
]
_TEXT_SUFFIXES = {'.h', '.cc', '.c', '.bzl', '.bazel', '.BUILD', '.py', '.sh', '.md', '.txt', '.yml', '.service', ''}


def _is_skipped(folder):
    return folder == '.git' or folder.startswith('bazel-') or folder == 'LICENSES'


def read_sources(root):
    """Every text file of the workspace, sorted by path."""
    sources = []
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if not _is_skipped(name))
        for name in sorted(files):
            path = pathlib.Path(folder, name)
            if path.suffix in _TEXT_SUFFIXES and name != 'LICENSE' and not path.is_symlink():
                sources.append(Source(str(path.relative_to(root)), path.read_text(encoding='utf-8')))
    return sources


def findings(root, sources):
    """Everything that any rule says about the sources."""
    by_path = {source.path: source for source in sources}
    for source in sources:
        for rule in _FILE_RULES:
            yield from rule(source)
        header = by_path.get(source.path.removesuffix('.cc') + '.h') if source.suffix == '.cc' else None
        yield from banned_calls.check_unordered_iteration(source, header)
    for rule in _TREE_RULES:
        yield from rule(root, sources)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--root', required=True, help='the workspace')
    parser.add_argument('--fix', action='store_true', help='format C and C++ in place first')
    options = parser.parse_args()
    if options.fix:
        programs.fix_format(options.root, read_sources(options.root))
    sources = read_sources(options.root)
    found = list(findings(options.root, sources))
    for finding in found:
        print(finding)
    print(f'lint: {len(sources)} files, {len(found)} findings')
    return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main())
