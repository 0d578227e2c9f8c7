# SPDX-License-Identifier: Apache-2.0
"""References lead somewhere: files that comments and pages name, links and anchors, statements by number, commits."""

import pathlib
import posixpath
import re
import shutil
import subprocess

from source import Finding

_SIMULATION = 'docs/simulation.md'
# History names what there was.
_HISTORY = ('CHANGELOG.md', 'docs/lab/')
_COMMENT = {True: re.compile(r'(?://|/\*|^\s*\*)(.*)$'), False: re.compile(r'(?:^|\s)# (.*)$')}
_FOLDERS = r'(?:framework|bpf|schedulers|tools|tests|docs|third_party|\.ci)'
_PATH = re.compile(rf'(?<![\w./$<:-])(?://)?({_FOLDERS}/[\w./{{}},*-]*[\w}}*])')
_FILE = re.compile(r'(?<![\w./<{*-])([a-z]\w*\.(?:h|cc|bzl|md))\b')
_LABEL = re.compile(rf'(?<![\w./:-])(?://)?({_FOLDERS}(?:/[\w/.-]*)?):([a-z][\w.-]*\w)')
_PLACEHOLDER = re.compile(r'^[a-z](?:_test)?\.|[A-Z]{2,}|[{}*]|\bmy_?\w*|\bmine(?:_|\b)')
# Files of others that people know by these names.
_FOREIGN = {'bpf_tracing.h', 'vmlinux.h'}
_SOURCE = re.compile(r'\.(?:h|cc|c|py|sh|bzl|md|json)$')
_LINK = re.compile(r'\[[^\]]*\]\(([^)\s]+)\)')
_STATEMENTS = re.compile(r'\b[Ss]tatements? ((?:[A-Z]?\d[\d.]*(?:, | and | to )?)+)')
_COMMIT = re.compile(r'(?<![\w/.#-])(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])([0-9a-f]{7,12}|[0-9a-f]{40})(?![\w/-]|\.\w)')


def _is_page(source):
    return source.suffix == '.md'


def _is_history(source):
    return source.path.startswith(_HISTORY)


def _prose(source):
    """(number, text) of what people read: a page, or the comments of code."""
    comment = _COMMENT[source.is_cxx]
    for number, line in enumerate(source.lines, 1):
        match = None if _is_page(source) else comment.search(line)
        if _is_page(source) or match:
            yield number, match.group(1) if match else line


def check_paths(root, sources):
    """A file or folder that a comment or page names exists."""
    by_path = {source.path: source for source in sources}
    names = {source.name for source in sources}
    for source in sources:
        for number, text in () if _is_history(source) else _prose(source):
            missing = [path for path in _PATH.findall(text) if not _exists(root, path, by_path)]
            missing += [name for name in _FILE.findall(text) if name not in names and not _is_elsewhere(name)]
            missing += [f'//{folder}:{name}' for folder, name in _LABEL.findall(text)
                        if not _is_label(root, folder, name, by_path)]
            for path in missing:
                yield Finding(source.path, number, 'reference', f'there is no {path}')


def _is_elsewhere(path):
    return path.endswith('.skel.h') or path in _FOREIGN or _PLACEHOLDER.search(path)


def _exists(root, path, by_path):
    if _is_elsewhere(path) or pathlib.Path(root, path).exists():
        return True
    return not _SOURCE.search(path) and _has_target(*posixpath.split(path), by_path)


def _is_label(root, folder, name, by_path):
    return name == 'all' or _exists(root, f'{folder}/{name}', by_path)


def _has_target(folder, name, by_path):
    """Whether the BUILD file names the target, or something that a macro may have made it of."""
    build = by_path.get(posixpath.join(folder, 'BUILD.bazel'))
    quoted = re.findall(r'name = "([\w.-]+)"|"([\w.-]+)"', build.text) if build else []
    return any(name.startswith(given or file) for given, file in quoted)


def _anchors(page):
    """What GitHub makes of the page's headings."""
    for line in page.lines:
        if line.startswith('#'):
            heading = re.sub(r'[^\w\- ]', '', line.lstrip('#').strip().lower())
            yield heading.replace(' ', '-')


def check_links(root, sources):
    """A page's links lead to files and headings that are there."""
    by_path = {source.path: source for source in sources}
    for source in filter(_is_page, sources):
        for number, line in enumerate(source.lines, 1):
            for link in _LINK.findall(line):
                if re.match(r'\w+:', link):
                    continue
                path, _, anchor = link.partition('#')
                path = posixpath.normpath(posixpath.join(posixpath.dirname(source.path), path)) if path else source.path
                if path not in by_path and not pathlib.Path(root, path).exists():
                    yield Finding(source.path, number, 'reference', f'there is no {path}')
                elif anchor and anchor not in _anchors(by_path[path]):
                    yield Finding(source.path, number, 'reference', f'{path} has no heading #{anchor}')


def check_statements(_root, sources):
    """A statement that is cited by number is one of docs/simulation.md."""
    page = next((source.text for source in sources if source.path == _SIMULATION), '')
    for source in sources:
        for number, text in _prose(source):
            for numbers in _STATEMENTS.findall(text):
                for cited in re.findall(r'[A-Z]?\d[\d.]*\d|[A-Z]?\d', numbers):
                    if f'| {cited} |' not in page:
                        yield Finding(source.path, number, 'reference', f'{_SIMULATION} has no statement {cited}')


def check_commits(root, sources):
    """A commit that a page names is in the history, where there is a whole one."""
    cited = [(commit, source.path, number) for source in filter(_is_page, sources)
             for number, line in enumerate(source.lines, 1) for commit in _COMMIT.findall(line)]
    unknown = _unknown_commits(root, sorted({commit for commit, _, _ in cited}))
    for commit, path, number in cited:
        if commit in unknown:
            yield Finding(path, number, 'reference', f'git knows no commit {commit}')


def _unknown_commits(root, commits):
    if _git(root, ['rev-parse', '--is-shallow-repository']).strip() != 'false':
        return set()
    answers = _git(root, ['cat-file', '--batch-check'], '\n'.join(commits)).splitlines()
    return {commit for commit, answer in zip(commits, answers) if ' commit ' not in answer}


def _git(root, arguments, text=''):
    """What git prints; nothing where there is no git, or no repository of root's own."""
    if not pathlib.Path(root, '.git').exists() or not shutil.which('git'):
        return ''
    return subprocess.run(['git', *arguments], cwd=root, input=text, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=False).stdout
