# SPDX-License-Identifier: Apache-2.0
"""Writes schedulers/NAME, a scheduler that builds, passes its tests and boots, for its author to change.

    bazel run //tools:new_scheduler -- NAME

It is schedulers/skeleton under another name, so what is written is what is compiled and tested here.
"""

import argparse
import os
import pathlib
import re
import shutil
import sys
import tempfile

_SKELETON = 'skeleton'
_LIST = 'schedulers/list.bzl'
# It names a folder, files, Bazel targets, C++ classes, the scheduler in the kernel. Linux shows 15 letters of a
# program's name.
_NAME = re.compile(r'[a-z](?:_?[a-z0-9])*')
_MAX_NAME = 15


class Refusal(Exception):
    """Why nothing was written."""


def camel_case(name):
    return ''.join(part.capitalize() for part in name.split('_'))


def renamed(text, name):
    """The text of the skeleton with its name, in each of its three spellings, replaced."""
    for old, new in [(_SKELETON, name), (camel_case(_SKELETON), camel_case(name)), (_SKELETON.upper(), name.upper())]:
        text = text.replace(old, new)
    return text


def check_name(name, root):
    """Raises Refusal unless `name` can be a scheduler's."""
    if not _NAME.fullmatch(name) or len(name) > _MAX_NAME:
        raise Refusal(f"'{name}' cannot be a name: take up to {_MAX_NAME} lower-case letters, digits and single underscores, "
                      'a letter first')
    if (root / 'schedulers' / name).exists() or f'"{name}"' in (root / _LIST).read_text(encoding='utf-8'):
        raise Refusal(f"schedulers/{name} exists already: choose another name, or remove it, and its line in {_LIST}, first")


def listed(text, name):
    """The text of list.bzl with one more scheduler, in its place."""
    lines = text.split('\n')
    first = lines.index('SCHEDULERS = [') + 1
    last = lines.index(']', first)
    lines[first:last] = sorted(lines[first:last] + [f'    "{name}",'])
    return '\n'.join(lines)


def package(root, name):
    """The files of the new package: {file name: text}."""
    skeleton = root / 'schedulers' / _SKELETON
    return {renamed(path.name, name): renamed(path.read_text(encoding='utf-8'), name) for path in sorted(skeleton.iterdir())}


def write(root, name):
    """Writes the package and lists it. All of it, or, with an exception, nothing."""
    check_name(name, root)
    new_list = listed((root / _LIST).read_text(encoding='utf-8'), name)
    # Beside its place, so that the last step is a rename.
    with tempfile.TemporaryDirectory(dir=root / 'schedulers', prefix='.new_') as scratch:
        folder = pathlib.Path(scratch, name)
        folder.mkdir()
        for file, text in package(root, name).items():
            (folder / file).write_text(text, encoding='utf-8')
        list_copy = pathlib.Path(scratch, 'list')
        list_copy.write_text(new_list, encoding='utf-8')
        shutil.copymode(root / _LIST, list_copy)
        folder.rename(root / 'schedulers' / name)
        list_copy.replace(root / _LIST)


def main():
    parser = argparse.ArgumentParser(prog='new_scheduler', usage='bazel run //tools:new_scheduler -- NAME',
                                     description=__doc__.split('\n', maxsplit=1)[0])
    parser.add_argument('name', metavar='NAME', help='of the new scheduler, like round_robin')
    parser.add_argument('--root', default=os.environ.get('BUILD_WORKSPACE_DIRECTORY'), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.root is None:
        parser.error('start it with bazel run //tools:new_scheduler')
    try:
        write(pathlib.Path(options.root), options.name)
    except Refusal as refusal:
        print(f'new_scheduler: {refusal}', file=sys.stderr)
        return 2
    name = options.name
    print(f'new_scheduler: wrote schedulers/{name}; start with schedulers/{name}/{name}_policy.h. Now:\n'
          f'  bazel run //schedulers:{name}\n'
          f'  bazel test //schedulers/{name}:all')
    return 0


if __name__ == '__main__':
    sys.exit(main())
