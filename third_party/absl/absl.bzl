# SPDX-License-Identifier: Apache-2.0
"""The Abseil components that scxx may use, one target each. Add a name here when you need another."""

_COMPONENTS = [
    "algorithm_container",
    "any_invocable",
    "base",
    "bits",
    "btree",
    "cleanup",
    "config",
    "core_headers",
    "fixed_array",
    "flags",
    "flags_commandlineflag",
    "flags_config",
    "flags_marshalling",
    "flags_parse",
    "flags_reflection",
    "flags_usage",
    "flat_hash_map",
    "flat_hash_set",
    "function_ref",
    "hash",
    "inlined_vector",
    "int128",
    "memory",
    "node_hash_map",
    "optional",
    "span",
    "status",
    "statusor",
    "str_format",
    "strings",
    "synchronization",
    "time",
    "type_traits",
    "utility",
]

# Target: the pkg-config module behind it.
ABSL_MODULES = {name: "absl_" + name for name in _COMPONENTS}

def absl_components():
    """One alias a component, so that a BUILD file says //third_party/absl:strings."""
    for name in _COMPONENTS:
        native.alias(
            name = name,
            actual = "@system_absl//:" + name,
            visibility = ["//visibility:public"],
        )
