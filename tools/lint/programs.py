# SPDX-License-Identifier: Apache-2.0
"""Rules that other programs check: clang-format and shellcheck."""

import re
import shutil
import subprocess

from source import Finding

CLANG_FORMAT = 'clang-format-19'
_CLANG_FORMAT_LINE = re.compile(r'^(?:\./)?([^:]+):(\d+):\d+: error: code should be clang-formatted')
_SHELLCHECK_LINE = re.compile(r'^([^:]+):(\d+):\d+: \w+: (.*)$')


def _run(command, folder):
    return subprocess.run(command, cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False).stdout


def check_format(root, sources):
    """C and C++ are as clang-format leaves them. One finding a file."""
    paths = [source.path for source in sources if source.is_cxx]
    if not paths:
        return
    if not shutil.which(CLANG_FORMAT):
        yield Finding(CLANG_FORMAT, 0, 'format', 'not found, so the formatting is not checked: install it')
        return
    seen = set()
    for line in _run([CLANG_FORMAT, '--dry-run', '-Werror', *paths], root).split('\n'):
        match = _CLANG_FORMAT_LINE.match(line)
        if match and match.group(1) not in seen:
            seen.add(match.group(1))
            yield Finding(match.group(1), int(match.group(2)), 'format', 'not formatted: bazel run //tools/lint -- --fix')


def check_shell(root, sources):
    """Shell scripts are as shellcheck wants them, where there is one."""
    paths = [source.path for source in sources if source.is_shell]
    if not paths or not shutil.which('shellcheck'):
        return
    for line in _run(['shellcheck', '--format=gcc', *paths], root).split('\n'):
        match = _SHELLCHECK_LINE.match(line)
        if match:
            yield Finding(match.group(1), int(match.group(2)), 'shell', match.group(3))


def fix_format(root, sources):
    """Formats in place."""
    paths = [source.path for source in sources if source.is_cxx]
    subprocess.run([CLANG_FORMAT, '-i', *paths], cwd=root, check=True)
