# SPDX-License-Identifier: Apache-2.0
"""The measures count what they say."""

import unittest

import house
from source import Source


def _tree(files):
    return [Source(path, text) for path, text in files.items()]


class HouseTest(unittest.TestCase):

    def test_product_code_is_neither_tests_nor_examples(self):
        self.assertTrue(house.is_product(Source('framework/base/a.h', '')))
        for path in ['framework/base/a_test.cc', 'framework/base/testing/a.h', 'tests/a.h', 'docs/examples/a.h', 'a.py']:
            self.assertFalse(house.is_product(Source(path, '')), path)

    def test_users_of_a_header_are_product_files_other_than_its_own_source(self):
        sources = _tree({
            'x/a.h': '',
            'x/a.cc': '#include "x/a.h"\n',
            'x/b.cc': '#include "x/a.h"\n',
            'x/a_test.cc': '#include "x/a.h"\n',
        })
        self.assertEqual(house.header_users(sources), {'x/a.h': ['x/b.cc']})
        self.assertEqual(dict(house.measure(sources))['product headers with one product user'], 1)

    def test_short_headers_are_under_forty_lines(self):
        sources = _tree({'x/a.h': '\n' * 39, 'x/b.h': '\n' * 40, 'x/testing/c.h': ''})
        self.assertEqual(house.short_headers(sources), ['x/a.h'])

    def test_the_table(self):
        function = 'int F() {\n  return 1;\n}\n'
        table = dict(house.measure(_tree({
            'x/a.cc': function + 'int G() {\n  int a = F();\n  return a;\n}\n',
            'x/b.h': '\n' * 3,
            'x/a_test.cc': '\n' * 20,
            'x/BUILD.bazel': 'cc_library(\n)\n\ncc_test(\n)\n',
        })))
        self.assertEqual(table['product headers'], 1)
        self.assertEqual(table['product files'], 2)
        self.assertEqual(table['lines a product file'], 5)
        self.assertEqual(table['lines a C++ file, tests included'], 10)
        self.assertEqual(table['BUILD lines per 1,000 product lines'], 500)
        self.assertEqual(table['test programs'], 1)
        self.assertEqual(table['function lines, median / 99th percentile / longest'], '3 / 4 / 4')

    def test_an_empty_tree(self):
        self.assertEqual(dict(house.measure([]))['lines a product file'], 0)


if __name__ == '__main__':
    unittest.main()
