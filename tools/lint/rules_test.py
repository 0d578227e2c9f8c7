# SPDX-License-Identifier: Apache-2.0
"""Each rule catches a bad example, and leaves a good one alone."""

import pathlib
import subprocess
import tempfile
import unittest

import banned_calls
import comment_rules
import doc_code
import layering
import lint
import names
import programs
import prose
import references
import text_rules
from source import Source

_APACHE = '// SPDX-License-Identifier: Apache-2.0\n'


class RuleTest(unittest.TestCase):
    """Helpers: run one rule on one small file."""

    def assert_caught(self, rule, path, text, message='', line=None):
        found = list(rule(Source(path, text)))
        self.assertEqual(len(found), 1, f'{rule.__name__} found {found} in {text!r}')
        self.assertIn(message, str(found[0]))
        if line is not None:
            self.assertEqual(found[0].line, line)

    def assert_clean(self, rule, path, text):
        self.assertEqual(list(rule(Source(path, text))), [])


class LicenceTest(RuleTest):

    def test_catches_a_missing_line(self):
        self.assert_caught(text_rules.check_licence, 'framework/base/a.h', 'int a;\n', 'Apache-2.0')
        self.assert_caught(text_rules.check_licence, 'tools/a.sh', '#!/bin/sh\n')
        self.assert_caught(text_rules.check_licence, 'tools/BUILD.bazel', 'x()\n')

    def test_bpf_is_dual_licensed(self):
        self.assert_caught(text_rules.check_licence, 'bpf/wire.h', _APACHE, 'GPL-2.0-only OR BSD-2-Clause')
        self.assert_clean(text_rules.check_licence, 'bpf/wire.h', '/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */\n')

    def test_passes_code_and_prose(self):
        self.assert_clean(text_rules.check_licence, 'bpf/wire_test.cc', _APACHE)
        self.assert_clean(text_rules.check_licence, 'bpf/defs.bzl', '# SPDX-License-Identifier: Apache-2.0\n')
        self.assert_clean(text_rules.check_licence, 'README.md', 'words\n')


class GuardTest(RuleTest):

    def test_catches_a_wrong_guard(self):
        self.assert_caught(text_rules.check_guard, 'framework/base/cpu.h', '#pragma once\n', 'SCXX_FRAMEWORK_BASE_CPU_H_')
        self.assert_caught(text_rules.check_guard, 'framework/base/cpu.h', '#ifndef CPU_H\n#define CPU_H\n')

    def test_passes_the_path(self):
        guard = 'SCXX_FRAMEWORK_BASE_CPU_H_'
        self.assert_clean(text_rules.check_guard, 'framework/base/cpu.h', f'{_APACHE}#ifndef {guard}\n#define {guard}\n')


class LengthTest(RuleTest):

    def test_catches_long_files(self):
        self.assert_caught(text_rules.check_file_length, 'a.h', '\n' * 401, 'over 400')
        self.assert_caught(text_rules.check_file_length, 'a.cc', '\n' * 801, 'over 800')
        self.assert_clean(text_rules.check_file_length, 'a.h', '\n' * 400)
        self.assert_clean(text_rules.check_file_length, 'a.cc', '\n' * 800)

    def test_catches_a_long_function(self):
        body = '  Step();\n' * 69
        self.assert_caught(text_rules.check_function_length, 'a.cc', f'\nvoid F() {{\n{body}}}\n', '71 lines', line=2)
        member = '    Step();\n' * 69
        self.assert_caught(text_rules.check_function_length, 'a.h', f'class A {{\n  void F() {{\n{member}  }}\n}};\n')

    def test_a_function_begins_with_its_declaration(self):
        for head in ('A::A(int x)\n    : x_(x),\n      y_(F(x)) {{\n', 'void F(int x,\n       std::function<void()> y) {{\n'):
            for count, caught in ((60, False), (70, True)):
                text = head.format() + '  Step();\n' * count + '}\n'
                check = self.assert_caught if caught else self.assert_clean
                check(text_rules.check_function_length, 'a.cc', text + 'int x;\n' * 100)

    def test_passes_short_functions_and_long_scopes(self):
        body = '  Step();\n' * 68
        self.assert_clean(text_rules.check_function_length, 'a.cc', f'void F() {{\n{body}}}\n')
        self.assert_clean(text_rules.check_function_length, 'a.cc', 'namespace scxx {\n' + f'void F() {{\n{body}}}\n' * 3 + '}\n')


class WhitespaceTest(RuleTest):

    def test_catches_each_kind(self):
        self.assert_caught(text_rules.check_whitespace, 'a.md', 'a\tb\n\tc\n', 'tab', line=1)
        self.assert_caught(text_rules.check_whitespace, 'a.md', 'a \n', 'trailing')
        self.assert_caught(text_rules.check_whitespace, 'a.md', 'a', 'newline')
        self.assert_caught(text_rules.check_whitespace, 'a.sh', '#' * 131 + '\n', 'over 130')

    def test_passes_long_prose(self):
        self.assert_clean(text_rules.check_whitespace, 'a.md', 'word ' * 40 + 'end\n')


class AddressTest(RuleTest):

    def test_catches_mirrors_and_registries(self):
        for host in ['deb.', 'ftp.se.', 'archive.', 'registry.', 'mirror.']:
            # In two pieces, or the rule would catch its own test.
            address = 'https:' + f'//{host}example.org/debian'
            self.assert_caught(text_rules.check_addresses, 'README.md', f'Get it from {address} now.\n', 'no mirror')

    def test_passes_other_links(self):
        self.assert_clean(text_rules.check_addresses, 'README.md', 'See https://www.kernel.org/doc/html/latest/.\n')


class BannedCallsTest(RuleTest):

    def test_catches_clocks_and_chance_where_runs_must_repeat(self):
        for call in ['std::chrono::steady_clock::now()', 'absl::Now()', 'rand()', 'srand(1)', 'std::random_device()',
                     'absl::BitGen()', 'clock_gettime(CLOCK_MONOTONIC, &t)', 'time(nullptr)']:
            for path in ['schedulers/fifo/fifo.cc', 'framework/sim/sim.cc']:
                self.assert_caught(banned_calls.check_banned_calls, path, f'int x = {call};\n', 'use ')

    def test_catches_sleeping_tests(self):
        for call in ['std::this_thread::sleep_for(1ms)', 'absl::SleepFor(d)', 'usleep(1)', 'sleep(1)']:
            self.assert_caught(banned_calls.check_banned_calls, 'tools/vm/vm_test.cc', f'{call};\n', 'wait for the event')

    def test_passes_the_same_where_time_is_real(self):
        self.assert_clean(banned_calls.check_banned_calls, 'framework/kernel/clock.cc', 'auto t = absl::Now();\n')

    def test_passes_words_comments_and_waivers(self):
        path = 'schedulers/fifo/fifo.cc'
        self.assert_clean(banned_calls.check_banned_calls, path, '// unlike absl::Now()\nint operand(int);\n')
        self.assert_clean(banned_calls.check_banned_calls, path, 'Say("absl::Now() is banned");\nint strand(int);\n')
        self.assert_clean(banned_calls.check_banned_calls, path,
                          '// lint: allow banned-call, only printed\nauto t = absl::Now();\n')

    def test_catches_walks_over_hash_tables(self):
        for walk in ['for (auto& [k, v] : tasks_) {', 'auto i = tasks_.begin();']:
            text = f'absl::flat_hash_map<int, int> tasks_;\n{walk}\n'
            self.assert_caught(banned_calls.check_unordered_iteration, 'schedulers/fifo/fifo.cc', text, 'btree', line=2)

    def test_sees_members_declared_in_the_header(self):
        header = Source('schedulers/fifo/fifo.h', 'std::unordered_map<int, int> tasks_;\n')
        source = Source('schedulers/fifo/fifo.cc', 'for (auto& task : tasks_) {\n')
        self.assertEqual(len(list(banned_calls.check_unordered_iteration(source, header))), 1)

    def test_passes_look_ups_and_ordered_walks(self):
        text = 'absl::flat_hash_map<int, int> tasks_;\nauto i = tasks_.find(1);\nfor (auto& t : queue_) {\n'
        self.assert_clean(banned_calls.check_unordered_iteration, 'schedulers/fifo/fifo.cc', text)


class DocCodeTest(RuleTest):
    _FILE = Source('docs/examples/a.h', 'class A {\n  void F() {\n    G();\n  }\n};\n')

    def findings_in(self, text):
        page = Source('docs/guide.md', text)
        return [str(finding) for finding in doc_code.check_doc_code('', [page, self._FILE])]

    def test_passes_consecutive_lines_of_a_file(self):
        for code in ['  void F() {\n    G();\n', 'void F() {\n  G();\n}\n', 'G();\n', 'class A {\n']:
            self.assertEqual(self.findings_in(f'Words:\n<!-- from docs/examples/a.h -->\n```c++\n{code}```\n'), [])
        self.assertEqual(self.findings_in('```sh\nls\n```\n\n    indented\n'), [])

    def test_catches_code_that_is_not_there(self):
        for code in ['G(1);\n', 'void F() {\n    G();\n}\n', 'void F() {\n}\n', '']:
            found = self.findings_in(f'<!-- from docs/examples/a.h -->\n```c++\n{code}```\n')
            self.assertEqual(len(found), 1, code)
            self.assertIn('does not have these lines', found[0])

    def test_catches_code_from_nowhere(self):
        self.assertIn('guide.md:1: say which', self.findings_in('```c++\nG();\n```\n')[0])
        self.assertIn('say which', self.findings_in('<!-- from docs/examples/a.h -->\n\n```starlark\nx()\n```\n')[0])
        self.assertIn('there is no b.h', self.findings_in('<!-- from b.h -->\n```c++\nG();\n```\n')[0])


class ProseTest(RuleTest):

    def assert_prose_caught(self, text, message, line=None):
        self.assert_caught(prose.check_prose, 'docs/guide.md', text, message, line)

    def test_catches_sentences_that_keep_their_subject_back(self):
        self.assert_prose_caught('Words.\n\nIt waits. Who wants to be quick\nhas to preempt.\n', 'not with "Who"', line=3)
        self.assert_prose_caught('- Of a task that waits, nobody knows.\n', 'not with "Of a"')

    def test_catches_two_colons(self):
        self.assert_prose_caught('One word: it says\nwho has it: nobody.\n', 'one colon', line=1)
        self.assert_prose_caught('1. *term*: meaning: more\n2. next\n', 'one colon', line=1)

    def test_passes_one_colon_each(self):
        for text in ['One: two. Three: four.\n', '- one: two\n- three: four\n', 'One: two\n\nThree: four\n',
                     'See `a: b: c`: [d](e: f), at 12:30, https://g: h.\n', 'It says who has it. The task of a policy.\n']:
            self.assert_clean(prose.check_prose, 'docs/guide.md', text)

    def test_passes_code_tables_and_other_files(self):
        bad = 'Who says: a: b.\n'
        for text in [f'Words:\n\n    {bad}    {bad}', f'```sh\n{bad}```\n', f'| {bad}', f'# {bad}', f'- item\n\n    {bad}']:
            self.assert_clean(prose.check_prose, 'docs/guide.md', text)
        self.assert_clean(prose.check_prose, 'framework/base/a.h', bad)

    def test_catches_a_long_readme(self):
        self.assert_caught(prose.check_prose, 'README.md', 'a\n' * 111, 'over 110')
        self.assert_clean(prose.check_prose, 'README.md', 'a\n' * 110)
        self.assert_clean(prose.check_prose, 'tools/load/README.md', 'a\n' * 111)


class CommentTest(RuleTest):

    def test_catches_a_word_alone_in_a_paragraph(self):
        self.assert_caught(comment_rules.check_orphans, 'a.h', '// The id is never\n// seen again.\n', 'has room', line=1)
        text = '  /*\n   * The id is never\n   * seen\n   * again.\n   */\n'
        self.assertEqual(len(list(comment_rules.check_orphans(Source('bpf/a.h', text)))), 2)

    def test_catches_a_list_that_ran_together(self):
        item = '// - a wait is withdrawn or refused only if it was announced, a refused one only if it was\n'
        for rest in ['// accepted by the machine, and then once only, so that no wait of a task is counted for two\n',
                     '// accepted\n//   once\n']:
            found = list(comment_rules.check_orphans(Source('a.h', item + rest)))
            self.assertIn('indent what belongs', ' '.join(str(finding) for finding in found))

    def test_catches_an_example_that_became_prose(self):
        text = '//   int a = F();   // the first\n// one int b = G();\n'
        self.assert_caught(comment_rules.check_orphans, 'a.h', text, 'leave a line free', line=2)

    def test_passes_paragraphs_lists_and_examples(self):
        full = 'word ' * 18
        for text in [f'// {full}\n// end.\n', '// One sentence.\n// Another one.\n', f'// - {full}\n//   end\n// - next\n',
                     '// As in:\n//\n//   F();\n//   G();\n//\n// End.\n', '//   name   what\n//   b      it is\n',
                     '// What it is\n// ----------\n// Words.\n', 'int a;  // one\nint b;  // two\n']:
            self.assert_clean(comment_rules.check_orphans, 'a.h', text)

    def test_catches_comments_that_go_on_behind_code(self):
        text = '  kRefused,  // it failed, and the task is\n             // back\n'
        self.assert_caught(comment_rules.check_trailing_comments, 'a.h', text, 'above')
        self.assert_caught(comment_rules.check_trailing_comments, 'bpf/a.h', 'u64 a; /* who\n          knows */\n')
        self.assert_clean(comment_rules.check_trailing_comments, 'a.h', 'int a;  // one\nint b;  // two\n\n// Three.\nint c;\n')
        self.assert_clean(comment_rules.check_trailing_comments, 'a.cc', 'F("/*",\n  "*/");\n')

    def test_catches_wide_comments(self):
        self.assert_caught(comment_rules.check_comment_width, 'a.h', '// ' + 'x' * 98 + '\n', 'over 100')
        self.assert_clean(comment_rules.check_comment_width, 'a.h', '// ' + 'x' * 97 + '\n')

    def test_wants_comments_left_alone(self):
        good = 'BasedOnStyle: Google\nReflowComments: false\n'
        self.assertEqual(list(comment_rules.check_reflow('', [Source('.clang-format', good)])), [])
        self.assertEqual(len(list(comment_rules.check_reflow('', [Source('.clang-format', 'BasedOnStyle: Google\n')]))), 1)


class NamesTest(RuleTest):
    _SCXX = Source('framework/a.h', 'namespace scxx {\n\nclass Loop {\n};\n\n}  // namespace scxx\n')

    def classes_found(self, path, text):
        return [str(finding) for finding in names.check_class_names('', [self._SCXX, Source(path, text)])]

    def test_catches_two_classes_of_one_name(self):
        for scope in ['scxx', 'scxx::vm']:
            text = f'namespace {scope} {{\nstruct Loop final : Base {{\n}};\n}}  // namespace {scope}\n'
            found = self.classes_found('tools/b.h', text)
            self.assertEqual(len(found), 1, scope)
            self.assertIn('framework/a.h has a class of this name', found[0])
            self.assertIn('tools/b.h:2', found[0])

    def test_passes_other_names_files_own_and_declarations(self):
        for text in ['namespace scxx {\nclass Loops {};\n}  // namespace scxx\n',
                     'namespace scxx {\nnamespace {\nclass Loop {};\n}  // namespace\n}  // namespace scxx\n',
                     'namespace scxx {\nclass Loop;\nclass A {\n  class Loop {};\n};\n}  // namespace scxx\n']:
            self.assertEqual(self.classes_found('tools/b.cc', text), [])

    def test_siblings_may_have_a_name_each(self):
        text = 'namespace scxx::{} {{\nclass Workload {{}};\n}}  // namespace scxx::{}\n'
        sources = [Source('a.h', text.format('sim', 'sim')), Source('b.h', text.format('load', 'load'))]
        self.assertEqual(list(names.check_class_names('', sources)), [])

    def test_catches_the_other_string_view(self):
        self.assert_caught(names.check_string_view, 'a.h', 'void F(std::string_view text);\n', 'absl::string_view')
        self.assert_caught(names.check_string_view, 'a.h', '#include <string_view>\n')
        self.assert_clean(names.check_string_view, 'a.h', 'void F(absl::string_view text);  // no std::string_view\n')
        self.assert_clean(names.check_string_view, 'a.h', '// lint: allow string-view, from_chars\nstd::string_view text;\n')


class ReferencesTest(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.sources = []
        self.add('framework/engine/engine.h', '')
        self.add('framework/engine/BUILD.bazel', 'cc_test(name = "engine_test")\n')
        self.add('docs/simulation.md', '# Title\n\n## The core, step by step\n\n| S1 | it wakes |\n')

    def add(self, path, text):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)
        self.sources.append(Source(path, text))

    def findings(self, rule, path, text):
        return [str(finding) for finding in rule(self.root, self.sources + [Source(path, text)])]

    def test_catches_files_that_are_not_there(self):
        for text in ['// See framework/engine/gone.h.\n', '// As gone.h has it.\n', ' * framework/old says more\n',
                     'int a;  // docs/gone.md\n', '//   bazel test //framework/engine:gone_test\n']:
            found = self.findings(references.check_paths, 'bpf/a.h', text)
            self.assertEqual(len(found), 1, text)
            self.assertIn('there is no', found[0])
        self.assertEqual(len(self.findings(references.check_paths, 'a.md', 'Look at `framework/old`.\n')), 1)
        self.assertEqual(len(self.findings(references.check_paths, 'a.bzl', '# As tools/gone does.\n')), 1)

    def test_passes_files_targets_placeholders_and_history(self):
        for text in ['// See framework/engine/engine.h, engine.h and framework/engine.\n', '// schedulers/NAME/NAME_policy.h\n',
                     '//   bazel test //framework/engine:engine_test //framework/engine:all\n',
                     '// framework/engine:engine_test, <bpf/libbpf.h>\n', '#include "bpf/scxx.skel.h"\n']:
            self.assertEqual(self.findings(references.check_paths, 'bpf/a.h', text), [])
        self.assertEqual(self.findings(references.check_paths, 'CHANGELOG.md', 'Moved `framework/old`.\n'), [])

    def test_catches_links_to_nowhere(self):
        for link in ['gone.md', 'simulation.md#the-shell', '#nothing', '../docs/simulation.md#']:
            wrong = 0 if link.endswith('md#') else 1
            found = self.findings(references.check_links, 'docs/a.md', f'# Title\n\n[it]({link})\n')
            self.assertEqual(len(found), wrong, link)
        good = '[a](simulation.md#the-core-step-by-step), [b](https://example.org/x), [c](#title)\n'
        self.assertEqual(self.findings(references.check_links, 'docs/a.md', '# Title\n' + good), [])

    def test_catches_statements_that_nobody_made(self):
        for text in ['// Statement 2.1.\n', '// Statements S1 and S2: so it is.\n', '// (statement 2.9)\n']:
            self.assertEqual(len(self.findings(references.check_statements, 'framework/sim/a.cc', text)), 1, text)
        self.assertEqual(self.findings(references.check_statements, 'framework/sim/a.cc', '// Statement S1: it wakes.\n'), [])

    @unittest.skipUnless(references.shutil.which('git'), 'no git')
    def test_catches_commits_that_git_does_not_know(self):
        page = 'Built at 0123abc.\n'
        self.assertEqual(self.findings(references.check_commits, 'docs/a.md', page), [], 'there is no history')
        for command in ['init', '-c user.name=a -c user.email=a commit --allow-empty --message=a']:
            subprocess.run(['git', *command.split()], cwd=self.root, check=True, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)
        self.assertEqual(len(self.findings(references.check_commits, 'docs/a.md', page)), 1)
        head = subprocess.run(['git', 'rev-parse', 'HEAD'], cwd=self.root, check=True, text=True, stdout=subprocess.PIPE).stdout
        self.assertEqual(self.findings(references.check_commits, 'docs/a.md', f'Built at {head.strip()}.\n'), [])


class LayeringTest(RuleTest):

    def test_a_policy_sees_policy_and_base_only(self):
        path = 'schedulers/fifo/fifo.h'
        for bad in ['framework/engine/engine.h', 'framework/kernel/backend.h', 'bpf/wire.h', 'schedulers/latency/latency.h']:
            self.assert_caught(layering.check_layering, path, f'#include "{bad}"\n', 'may include')
        good = '#include "framework/policy/policy.h"\n#include "framework/base/units.h"\n#include "schedulers/fifo/queue.h"\n'
        self.assert_clean(layering.check_layering, path, good + '#include "absl/time/time.h"\n#include <vector>\n')

    def test_a_schedulers_program_and_tests_see_more(self):
        for path in ['schedulers/fifo/fifo_program.cc', 'schedulers/fifo/fifo_test.cc']:
            self.assert_clean(layering.check_layering, path, '#include "framework/engine/engine.h"\n')

    def test_the_framework_points_one_way(self):
        self.assert_caught(layering.check_layering, 'framework/base/cpu.h', '#include "framework/policy/policy.h"\n')
        self.assert_caught(layering.check_layering, 'framework/sim/sim.cc', '#include "framework/kernel/backend.h"\n')
        self.assert_caught(layering.check_layering, 'bpf/wire.h', '#include "framework/base/units.h"\n')
        self.assert_clean(layering.check_layering, 'framework/engine/engine.h', '#include "framework/policy/policy.h"\n')

    def test_only_the_kernel_backend_sees_libbpf(self):
        for header in ['<bpf/libbpf.h>', '"bpf/scxx.skel.h"', '<bpf/bpf.h>']:
            text = f'#include {header}\n'
            self.assert_caught(layering.check_libbpf_users, 'tools/vm/vm.cc', text, 'framework/kernel')
            self.assert_clean(layering.check_libbpf_users, 'framework/kernel/loader.cc', text)
        self.assert_clean(layering.check_libbpf_users, 'framework/sim/sim.cc', '#include "bpf/wire.h"\n')


class ProgramsTest(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        (self.root / '.clang-format').write_text('BasedOnStyle: Google\n')

    def check(self, rule, name, text):
        (self.root / name).write_text(text)
        return list(rule(self.root, [Source(name, text)]))

    def test_catches_a_badly_formatted_file(self):
        self.assertEqual(len(self.check(programs.check_format, 'a.cc', 'int  a ;\nint  b ;\n')), 1)
        self.assertEqual(self.check(programs.check_format, 'b.cc', 'int a;\n'), [])

    @unittest.skipUnless(programs.shutil.which('shellcheck'), 'no shellcheck')
    def test_catches_an_unquoted_variable(self):
        self.assertEqual(len(self.check(programs.check_shell, 'a.sh', '#!/bin/sh\nrm $1\n')), 1)
        self.assertEqual(self.check(programs.check_shell, 'b.sh', '#!/bin/sh\nrm "$1"\n'), [])


class TreeTest(unittest.TestCase):

    def test_reads_text_files_and_skips_what_bazel_made(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for name in ['a.cc', 'bazel-out/b.cc', '.git/c.cc', 'd.png', 'sub/e.h']:
                (root / name).parent.mkdir(exist_ok=True)
                (root / name).write_text('x\n')
            self.assertEqual([source.path for source in lint.read_sources(root)], ['a.cc', 'sub/e.h'])

    def test_runs_every_rule(self):
        sources = [Source('schedulers/fifo/fifo.cc', 'int t = time(0); \n')]
        with tempfile.TemporaryDirectory() as folder:
            rules = {finding.rule for finding in lint.findings(folder, sources)}
        self.assertLessEqual({'licence', 'whitespace', 'banned-call'}, rules)


if __name__ == '__main__':
    unittest.main()
