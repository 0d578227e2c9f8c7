# SPDX-License-Identifier: Apache-2.0
"""The commit that is being built, as a file: for a test whose input changes with it."""

def _commit_impl(ctx):
    out = ctx.actions.declare_file(ctx.label.name + ".txt")
    ctx.actions.run_shell(
        inputs = [ctx.info_file],
        outputs = [out],
        arguments = [ctx.info_file.path, out.path],
        command = """
            sed -n 's/^STABLE_SCXX_COMMIT //p' "$1" > "$2"
            [ -s "$2" ] || echo unknown > "$2"
        """,
        mnemonic = "Commit",
    )
    return [DefaultInfo(files = depset([out]), runfiles = ctx.runfiles(files = [out]))]

commit = rule(
    implementation = _commit_impl,
    doc = "NAME.txt: the commit's name, or \"unknown\" where tools/workspace_status.sh does not know it.",
)
