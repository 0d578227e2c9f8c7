// SPDX-License-Identifier: Apache-2.0
#include "tools/vm/shape.h"

#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace scxx::vm {
namespace {

constexpr int kMaxCpus = 255;

// "2x4" or "4,0" as numbers; empty if it is anything else.
std::vector<int> Numbers(const std::string& text, char separator) {
  std::vector<int> numbers;
  for (absl::string_view part : absl::StrSplit(text, separator)) {
    int number;
    if (!absl::SimpleAtoi(part, &number) || number < 0 || number > kMaxCpus) return {};
    numbers.push_back(number);
  }
  return numbers;
}

// Those that are there, offline or not.
int MaxCpus(const VmOptions& options) {
  return options.max_cpus == 0 ? options.cpus : options.max_cpus;
}

bool Pluggable(const VmOptions& options) { return options.possible > MaxCpus(options); }

// With those that could be.
int AllCpus(const VmOptions& options) {
  return Pluggable(options) ? options.possible : MaxCpus(options);
}

struct Levels {
  int sockets, cores, threads;
};

std::optional<Levels> ParseTopology(const std::string& text) {
  const std::vector<int> n = Numbers(text, 'x');
  if (n.size() != 3 || n[0] < 1 || n[1] < 1 || n[2] < 1) return std::nullopt;
  return Levels{n[0], n[1], n[2]};
}

absl::Status Invalid(const std::string& why) { return absl::InvalidArgumentError(why); }

absl::Status CheckCounts(const VmOptions& options) {
  if (options.cpus < 1 || options.cpus > kMaxCpus) return Invalid("--cpus must be 1 to 255");
  if (options.max_cpus != 0 && (options.max_cpus < options.cpus || options.max_cpus > kMaxCpus)) {
    return Invalid(absl::StrCat("--maxcpus=", options.max_cpus, " must be --cpus (", options.cpus,
                                ") to 255, or 0 for as many as there are"));
  }
  const int there = MaxCpus(options);
  if (options.possible == 0) return absl::OkStatus();
  if (options.possible >= there && options.possible <= kMaxCpus) return absl::OkStatus();
  return Invalid(absl::StrCat("--possible=", options.possible, " must be ", there,
                              ", which are there, to 255, or 0 for as many"));
}

absl::Status CheckTopology(const VmOptions& options) {
  if (options.topology.empty()) return absl::OkStatus();
  const std::optional<Levels> levels = ParseTopology(options.topology);
  if (!levels) {
    return Invalid(absl::StrCat("--topology=", options.topology,
                                " must be SOCKETSxCORESxTHREADS, such as 2x2x2"));
  }
  const int count = levels->sockets * levels->cores * levels->threads;
  if (count == AllCpus(options)) return absl::OkStatus();
  return Invalid(absl::StrCat("--topology=", options.topology, " is ", count,
                              " CPUs: --possible, --maxcpus or else --cpus must be as many"));
}

absl::Status CheckNuma(const VmOptions& options) {
  if (options.numa.empty()) return absl::OkStatus();
  const std::vector<int> nodes = Numbers(options.numa, ',');
  const int count = std::accumulate(nodes.begin(), nodes.end(), 0);
  if (!nodes.empty() && count == AllCpus(options)) return absl::OkStatus();
  return Invalid(absl::StrCat("--numa=", options.numa,
                              " must be the CPUs of each node, such as 4,0, and ", AllCpus(options),
                              " in sum"));
}

using Args = std::vector<std::string>;

std::string SmpArg(const VmOptions& options) {
  std::string count = absl::StrCat(MaxCpus(options));
  if (Pluggable(options)) absl::StrAppend(&count, ",maxcpus=", options.possible);
  const std::optional<Levels> levels = ParseTopology(options.topology);
  if (!levels) return count;
  return absl::StrCat(count, ",sockets=", levels->sockets, ",cores=", levels->cores,
                      ",threads=", levels->threads);
}

// The memory is divided evenly; the first node has the rest.
Args NumaArgs(const VmOptions& options) {
  Args args;
  const std::vector<int> nodes = Numbers(options.numa, ',');
  const int count = static_cast<int>(nodes.size());
  int first_cpu = 0;
  for (int i = 0; i < count; ++i) {
    const int size = options.memory_mb / count + (i == 0 ? options.memory_mb % count : 0);
    args.insert(args.end(),
                {"-object", absl::StrCat("memory-backend-ram,id=memory", i, ",size=", size, "M")});
    std::string node = absl::StrCat("node,nodeid=", i, ",memdev=memory", i);
    if (nodes[i] > 0) absl::StrAppend(&node, ",cpus=", first_cpu, "-", first_cpu + nodes[i] - 1);
    args.insert(args.end(), {"-numa", node});
    first_cpu += nodes[i];
  }
  return args;
}

}  // namespace

absl::Status CheckShape(const VmOptions& options) {
  for (const auto check : {CheckCounts, CheckTopology, CheckNuma}) {
    if (absl::Status status = check(options); !status.ok()) return status;
  }
  return absl::OkStatus();
}

// Linux counts CPUs that could be plugged in only if it knows the hypervisor. It does not know that
// of an emulated QEMU, but takes a machine for VMware's that is none of any other's, has such a
// serial number and answers as QEMU does at VMware's port.
std::vector<std::string> DisguiseArgs(const VmOptions& options) {
  if (!Pluggable(options)) return {};
  return {"-smbios", "type=1,serial=VMware-scxx"};
}

// All of the CPUs of --maxcpus are there, and the kernel starts the first ones.
std::string KernelShape(const VmOptions& options) {
  return options.max_cpus > options.cpus ? absl::StrCat(" maxcpus=", options.cpus) : "";
}

std::vector<std::string> ShapeArgs(const VmOptions& options) {
  Args args = {"-smp", SmpArg(options)};
  if (options.numa.empty()) return args;
  for (std::string& arg : NumaArgs(options)) args.push_back(std::move(arg));
  return args;
}

}  // namespace scxx::vm
