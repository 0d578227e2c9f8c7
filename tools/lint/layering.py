# SPDX-License-Identifier: Apache-2.0
"""Dependencies point one way. The rule reads #include lines; Bazel's visibility and layering_check guard the targets."""

import pathlib
import re

from source import Finding

_INCLUDE = re.compile(r'^\s*#\s*include\s+["<]([^">]+)[">]')

# Folder: the other folders of this workspace that its code may include. Tests may include what they like.
_MAY_INCLUDE = {
    'framework/base': [],
    'framework/topology': ['framework/base'],
    'framework/stats': ['framework/base'],
    'framework/policy': ['framework/base', 'framework/topology'],
    'framework/machine': ['framework/base', 'framework/topology', 'framework/policy', 'framework/stats'],
    'framework/engine': ['framework/base', 'framework/topology', 'framework/policy', 'framework/stats', 'framework/machine'],
    'framework/channel': ['bpf', 'framework/base', 'framework/topology', 'framework/policy', 'framework/stats',
                          'framework/machine'],
    'framework/kernel': ['bpf', 'framework/base', 'framework/topology', 'framework/policy', 'framework/stats',
                         'framework/machine', 'framework/channel'],
    'framework/lowlevel': ['bpf', 'framework/base', 'framework/topology', 'framework/policy', 'framework/stats',
                           'framework/machine', 'framework/channel', 'framework/kernel'],
    'framework/sim': ['bpf', 'framework/base', 'framework/topology', 'framework/policy', 'framework/stats',
                      'framework/machine', 'framework/engine', 'framework/channel'],
    'framework/app': ['framework/base', 'framework/topology', 'framework/policy', 'framework/stats', 'framework/machine',
                      'framework/engine', 'framework/kernel', 'framework/sim'],
    'bpf': [],
}

_POLICY_MAY_INCLUDE = ['framework/policy', 'framework/base', 'framework/topology']
_LIBBPF_USERS = ('framework/kernel', 'bpf', 'third_party')


def _includes(source):
    for number, line in enumerate(source.lines, 1):
        match = _INCLUDE.match(line)
        if match:
            yield number, match.group(1)


def _layer(path):
    return next((layer for layer in _MAY_INCLUDE if path.startswith(layer + '/')), None)


def _is_policy(source):
    """A scheduler's library: everything in its folder but the program and the tests."""
    stem = pathlib.PurePath(source.path).stem
    return source.is_under('schedulers') and source.path.count('/') >= 2 and not stem.endswith('_program') and not source.is_test


def _allowed(source):
    """Folders that the file may include, or None for any."""
    if _is_policy(source):
        return _POLICY_MAY_INCLUDE + [str(pathlib.PurePath(source.path).parent)]
    layer = _layer(source.path)
    return None if layer is None or source.is_test else _MAY_INCLUDE[layer] + [layer]


def check_layering(source):
    """What a file includes lies beneath it."""
    allowed = _allowed(source) if source.is_cxx else None
    if allowed is None:
        return
    for number, path in _includes(source):
        ours = path.startswith(('framework/', 'schedulers/', 'bpf/', 'tools/', 'tests/'))
        libbpf = path.startswith('bpf/') and source.suffix == '.c'
        if ours and not libbpf and not path.startswith(tuple(folder + '/' for folder in allowed)):
            message = f'{path} is not beneath this file, which may include {", ".join(allowed)}'
            yield Finding(source.path, number, 'layering', message)


def check_libbpf_users(source):
    """Only the kernel backend sees libbpf."""
    if not source.is_cxx or source.is_under(*_LIBBPF_USERS) or source.is_test:
        return
    for number, path in _includes(source):
        if re.match(r'bpf/(?:libbpf|bpf|btf)\w*\.h$', path) or path.endswith('.skel.h'):
            yield Finding(source.path, number, 'libbpf', 'only framework/kernel may use libbpf: go through framework/kernel')
