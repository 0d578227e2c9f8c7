// SPDX-License-Identifier: Apache-2.0
#ifndef SCXX_TESTS_OUT_OF_TREE_PROBE_H_
#define SCXX_TESTS_OUT_OF_TREE_PROBE_H_

#define PROBE_LIMIT 64

#endif  // SCXX_TESTS_OUT_OF_TREE_PROBE_H_
