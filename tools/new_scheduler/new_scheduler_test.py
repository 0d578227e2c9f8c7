# SPDX-License-Identifier: Apache-2.0
"""What the tool writes and refuses, in a copy of the part of the workspace that it reads."""

import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import new_scheduler

_SCHEDULERS = pathlib.Path('../../schedulers')


def _tree(root):
    """{path: content} of every file."""
    return {str(path.relative_to(root)): path.read_text(encoding='utf-8') for path in root.rglob('*') if path.is_file()}


class NewSchedulerTest(unittest.TestCase):

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.root = pathlib.Path(scratch.name)
        (self.root / 'schedulers').mkdir()
        # follow_symlinks: Bazel shows files by links.
        shutil.copytree(_SCHEDULERS / 'skeleton', self.root / 'schedulers/skeleton', symlinks=False)
        shutil.copy(_SCHEDULERS / 'list.bzl', self.root / 'schedulers')

    def run_tool(self, *arguments):
        return subprocess.run([sys.executable, '-B', 'new_scheduler.py', f'--root={self.root}', *arguments],
                              text=True, capture_output=True, check=False)

    def assert_refused(self, name, words):
        before = _tree(self.root)
        result = self.run_tool('--', name)
        self.assertEqual(result.returncode, 2, result)
        self.assertEqual(result.stdout, '')
        self.assertRegex(result.stderr, r'\Anew_scheduler: [^\n]*\n\Z')
        self.assertIn(words, result.stderr)
        self.assertEqual(_tree(self.root), before)

    def test_writes_the_skeleton_under_another_name(self):
        before = _tree(self.root)
        result = self.run_tool('round_robin')
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn('bazel run //schedulers:round_robin\n', result.stdout)
        after = _tree(self.root)
        added = {path: text for path, text in after.items() if path not in before}
        self.assertEqual(sorted(pathlib.PurePath(path).name for path in added), [
            'BUILD.bazel', 'README.md', 'round_robin_policy.cc', 'round_robin_policy.h', 'round_robin_policy_test.cc',
            'round_robin_program.cc'
        ])
        for path, text in added.items():
            self.assertTrue(path.startswith('schedulers/round_robin/'))
            back = text.replace('round_robin', 'skeleton').replace('RoundRobin', 'Skeleton').replace('ROUND_ROBIN', 'SKELETON')
            self.assertEqual(back, before[path.replace('round_robin', 'skeleton')])
            self.assertNotIn('skeleton', text.lower())

    def test_lists_it_in_its_place(self):
        self.assertEqual(self.run_tool('lottery').returncode, 0)
        text = (self.root / 'schedulers/list.bzl').read_text(encoding='utf-8')
        self.assertIn('    "latency",\n    "lottery",\n    "skeleton",\n', text)
        before = (_SCHEDULERS / 'list.bzl').read_text(encoding='utf-8')
        self.assertEqual(text.replace('    "lottery",\n', ''), before)

    def test_refuses_a_name_that_is_taken(self):
        for name in ['skeleton', 'fifo', 'latency']:
            self.assert_refused(name, f'schedulers/{name} exists already')
        (self.root / 'schedulers/testing').mkdir()
        self.assert_refused('testing', 'exists already: choose another name')
        self.assertEqual(self.run_tool('mine').returncode, 0)
        self.assert_refused('mine', 'exists already')

    def test_refuses_a_malformed_name(self):
        for name in ['', 'Fifo', '2fast', '_fifo', 'fifo_', 'a__b', 'my-fifo', 'a/b', '../fifo', 'a b', 'a\nb',
                     'mine\n', 'ein_über', 'a_name_too_long1']:
            self.assert_refused_shape(name)

    def assert_refused_shape(self, name):
        before = _tree(self.root)
        with self.assertRaisesRegex(new_scheduler.Refusal, 'lower-case letters, digits and single underscores'):
            new_scheduler.write(self.root, name)
        self.assertEqual(_tree(self.root), before)

    def test_says_so_in_one_line(self):
        self.assert_refused('Fifo', "'Fifo' cannot be a name: take up to 15 lower-case letters")

    def test_takes_short_and_long_names(self):
        for name in ['x', 'a2', 'fifteen_letters']:
            self.assertEqual(self.run_tool(name).returncode, 0, name)

    def test_leaves_nothing_behind_when_it_fails(self):
        before = _tree(self.root)
        list_file = self.root / 'schedulers/list.bzl'
        list_file.write_text('SCHEDULERS = []\n', encoding='utf-8')
        with self.assertRaises(ValueError):
            new_scheduler.write(self.root, 'mine')
        list_file.write_text(before['schedulers/list.bzl'], encoding='utf-8')
        self.assertEqual(_tree(self.root), before)


if __name__ == '__main__':
    unittest.main()
