// SPDX-License-Identifier: Apache-2.0
//
// Topology says which CPUs share what: a core (SMT siblings), a last-level cache, a NUMA node.
//
//   absl::StatusOr<Topology> machine = Topology::FromSysfs();
//   const CpuSet& near = machine->llcs().Of(cpu);   // all that share cpu's cache, cpu included
//   for (const CpuSet& node : machine->nodes().sets()) ...
//
//   // 16 CPUs:
//   Topology t = Topology::Synthetic({.nodes = 2, .cores_per_llc = 4, .threads_per_core = 2});
//
// It describes the CPUs online when it was read and never changes; a CPU that was offline is in no
// set, and Of() gives the empty set for it. Immutable, so safe from every thread.

#ifndef SCXX_FRAMEWORK_TOPOLOGY_TOPOLOGY_H_
#define SCXX_FRAMEWORK_TOPOLOGY_TOPOLOGY_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"

namespace scxx {

// A partition of the online CPUs.
class CpuGroups {
 public:
  // Adds one set. False, and nothing is added, if it overlaps with another one.
  bool Add(const CpuSet& set);

  absl::Span<const CpuSet> sets() const { return sets_; }

  // The set that holds `cpu`; empty if none does.
  const CpuSet& Of(CpuId cpu) const;
  // Its position in sets(); -1 if there is none.
  int IndexOf(CpuId cpu) const;

 private:
  std::vector<CpuSet> sets_;
  std::vector<int> index_;  // by CPU
};

// An evenly built machine, for tests and simulation. CPUs are numbered by node, cache, core,
// thread: the siblings of one core are adjacent.
struct TopologySpec {
  int nodes = 1;
  int llcs_per_node = 1;
  int cores_per_llc = 1;
  int threads_per_core = 1;
};

class Topology {
 public:
  // Reads the machine under `root`. NotFound if that is no sysfs, InvalidArgument if its lists of
  // CPUs make no sense; the message names the file. What old kernels and virtual machines leave out
  // is assumed: no cache directory means one cache a package, no node directory means one node.
  // What contradicts itself is left out, with a note: cores, caches or nodes are then not known,
  // and the machine counts as one without. A cache whose CPUs are on several nodes is one of each.
  static absl::StatusOr<Topology> FromSysfs(const std::string& root = "/sys");

  // CHECKs that the counts are positive and the CPUs fit in kMaxCpus.
  static Topology Synthetic(const TopologySpec& spec);
  // The same machine with other CPUs online. One of which nothing is known is a core, a cache and a
  // node.
  Topology WithOnline(const CpuSet& online) const;
  // The same CPUs, of more that could be there.
  Topology WithPossible(int cpus) const;

  // One more than the highest CPU number the machine can ever have online: the size for tables.
  int max_cpus() const { return max_cpus_; }
  const CpuSet& online() const { return online_; }
  // What FromSysfs could not understand, and what it took instead: a line each, for the user.
  const std::vector<std::string>& notes() const { return notes_; }

  const CpuGroups& cores() const { return cores_; }
  const CpuGroups& llcs() const { return llcs_; }
  const CpuGroups& nodes() const { return nodes_; }

 private:
  friend class SysfsReader;

  Topology() = default;

  int max_cpus_ = 0;
  CpuSet online_;
  CpuGroups cores_;
  CpuGroups llcs_;
  CpuGroups nodes_;
  std::vector<std::string> notes_;
};

// The CPUs that are online now: of FromSysfs only that, for a file's price.
absl::StatusOr<CpuSet> ReadOnlineCpus(const std::string& root = "/sys");

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_TOPOLOGY_TOPOLOGY_H_
