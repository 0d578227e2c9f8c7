// SPDX-License-Identifier: Apache-2.0
// elfutils 0.192 moved a search tree into a helper library that its own libelf.a does not contain,
// so Debian 13's cannot be linked statically. These weak stand-ins, over the C library's tsearch,
// are used only where the real ones are absent. Remove when no supported release has libelf 0.192.
#define _GNU_SOURCE
#include <search.h>
#include <stddef.h>

// The beginning of libelf's type, and all of it that is touched here.
struct search_tree {
  void* root;
};

typedef int compare_function(const void*, const void*);

__attribute__((weak)) void eu_search_tree_init(struct search_tree* tree) { tree->root = NULL; }

__attribute__((weak)) void eu_search_tree_fini(struct search_tree* tree, void (*free_node)(void*)) {
  tdestroy(tree->root, free_node);
}

__attribute__((weak)) void* eu_tsearch(const void* key, struct search_tree* tree,
                                       compare_function* compare) {
  return tsearch(key, &tree->root, compare);
}

__attribute__((weak)) void* eu_tdelete(const void* key, struct search_tree* tree,
                                       compare_function* compare) {
  return tdelete(key, &tree->root, compare);
}
