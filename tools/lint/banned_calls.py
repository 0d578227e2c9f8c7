# SPDX-License-Identifier: Apache-2.0
"""Calls that would make a run differ from the next one, each with what to use instead."""

import re

from source import Finding

# Where the same seed must give the same trace: policies, and everything that the simulator runs.
_DETERMINISTIC = ('schedulers', 'framework/policy', 'framework/engine', 'framework/channel', 'framework/sim', 'framework/base')

_CLOCK = 'use Context::now, or the backend\'s clock'
_RANDOM = 'use a generator seeded from the run\'s seed'
_BANNED = [
    (re.compile(r'\bstd::chrono::\w+::now\b'), 'std::chrono::*::now', _CLOCK),
    (re.compile(r'\babsl::(?:Now|GetCurrentTimeNanos)\b'), 'absl::Now', _CLOCK),
    (re.compile(r'\b(?:clock_gettime|gettimeofday|time)\s*\(\s*(?:CLOCK_|&|NULL|nullptr|0\s*\))'), 'the system\'s clock', _CLOCK),
    (re.compile(r'\brandom_device\b'), 'std::random_device', _RANDOM),
    (re.compile(r'(?<![\w:.>])(?:std::)?s?rand\s*\('), 'rand()', _RANDOM),
    (re.compile(r'\babsl::(?:Insecure)?BitGen\b'), 'absl::BitGen', _RANDOM),
]

# Everywhere: tests and code alike wait for an event, never for time to pass.
_BANNED_IN_TESTS = [
    (re.compile(r'\b(?:std::this_thread::sleep_\w+|absl::SleepFor|(?<![\w:.>])u?sleep)\s*\('), 'a sleep',
     'wait for the event itself'),
]

_UNORDERED = re.compile(r'\b(?:absl::(?:flat|node)_hash_(?:map|set)|std::unordered_\w+)\s*<.*>&?\s+(\w+)')


def check_banned_calls(source):
    """No clock, chance or sleep of one's own where runs must repeat."""
    if not source.is_cxx:
        return
    banned = list(_BANNED) if source.is_under(*_DETERMINISTIC) else []
    if source.suffix == '.cc' and source.is_test:
        banned += _BANNED_IN_TESTS
    for number, line in source.code_lines():
        for pattern, name, instead in banned:
            if pattern.search(line) and not source.allows(number, 'banned-call'):
                yield Finding(source.path, number, 'banned-call', f'{name} is banned here: {instead}')


def _unordered_names(source):
    return {match.group(1) for _, line in source.code_lines() for match in _UNORDERED.finditer(line)}


def check_unordered_iteration(source, header=None):
    """The order of a hash table differs from run to run, so decisions may look things up in one but not walk it.

    `header` is the file's own header, where members are declared.
    """
    if not source.is_cxx or not source.is_under(*_DETERMINISTIC):
        return
    names = _unordered_names(source) | (_unordered_names(header) if header else set())
    if not names:
        return
    any_name = '|'.join(map(re.escape, sorted(names)))
    walk = re.compile(rf'\bfor\s*\([^;]*:\s*(?:this->)?({any_name})\s*\)|\b({any_name})\.c?begin\(\)')
    for number, line in source.code_lines():
        if walk.search(line) and not source.allows(number, 'unordered-iteration'):
            yield Finding(source.path, number, 'unordered-iteration',
                          'the order of a hash table differs between runs: walk an absl::btree_map or a vector')
