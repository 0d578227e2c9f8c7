// SPDX-License-Identifier: Apache-2.0
#include "framework/sim/campaign.h"

#include <algorithm>
#include <iterator>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "framework/base/random.h"

namespace scxx::sim {
namespace {

constexpr uint64_t kStream = 0x737761726d;  // apart from those of tasks and faults
// For what came later: seeds that have failed before must go on drawing what they drew.
constexpr uint64_t kLaterStream = 0x6c61746572;
constexpr uint64_t kLatestStream = 0x70696e6e6564;
constexpr uint64_t kHarshStream = 0x6861727368;

constexpr TopologySpec kTopologies[] = {
    {.cores_per_llc = 1},
    {.cores_per_llc = 2},
    {.cores_per_llc = 4},
    {.cores_per_llc = 2, .threads_per_core = 2},
    {.nodes = 2, .cores_per_llc = 2},
    {.llcs_per_node = 2, .cores_per_llc = 4, .threads_per_core = 2},
    {.nodes = 2, .llcs_per_node = 2, .cores_per_llc = 8, .threads_per_core = 2},
};

int CpusOf(const TopologySpec& spec) {
  return spec.nodes * spec.llcs_per_node * spec.cores_per_llc * spec.threads_per_core;
}

Nanos Time(Random& random, Nanos low, Nanos high) { return random.Between(low, high); }

// One or two steps that take time, and now and then one that does something.
std::vector<Step> RandomSteps(Random& random) {
  std::vector<Step> steps;
  steps.push_back(Run(Time(random, Micros(20), Millis(4)), Time(random, Nanos(0), Millis(2))));
  switch (random.Below(8)) {
    case 0:
      break;  // a hog
    case 1:
      steps.push_back(Yield());
      break;
    case 2:
      steps.push_back(Post(PostTo::kPartner));
      steps.push_back(Wait());
      break;
    case 3:
      steps.push_back({.kind = StepKind::kAffinity});
      steps.push_back(Sleep(Time(random, Micros(50), Millis(2))));
      break;
    case 4:
      steps.push_back({.kind = StepKind::kNice});
      break;
    case 5:
      steps.push_back(Period(Time(random, Millis(1), Millis(10))));
      break;
    default:
      steps.push_back(
          Sleep(Time(random, Micros(20), Millis(3)), Time(random, Nanos(0), Millis(3))));
      break;
  }
  return steps;
}

TaskGroup RandomGroup(Random& random, int nr_cpus, int max_tasks) {
  TaskGroup group{.name = absl::StrCat("g", random.Below(1000)),
                  .count = 1 + static_cast<int>(random.Below(std::max(1, max_tasks))),
                  .nice = static_cast<int>(random.Below(16)) - 5,
                  .steps = RandomSteps(random)};
  group.in_pairs = group.steps.back().kind == StepKind::kWait;
  if (group.in_pairs) group.count += group.count % 2;
  if (random.OneIn(4)) {
    CpuSet allowed;
    allowed.Add(CpuId(static_cast<int>(random.Below(nr_cpus))));
    group.allowed = allowed;
  }
  return group;
}

Workload RandomWorkload(Random& random, int nr_cpus) {
  Workload workload{.name = "swarm"};
  const uint64_t groups = 1 + random.Below(3);
  for (uint64_t i = 0; i < groups; ++i) {
    workload.groups.push_back(RandomGroup(random, nr_cpus, std::min(nr_cpus * 2, 12)));
  }
  if (random.OneIn(4)) {
    const auto child = static_cast<uint32_t>(workload.groups.size() + 1);
    workload.groups.push_back(
        {.name = "parent",
         .steps = {Run(Micros(30)), ForkOne(child), Sleep(Millis(1), Millis(2))}});
    workload.groups.push_back(
        {.name = "child", .count = 0, .loops = 1, .steps = {Run(Micros(50), Millis(2))}});
  }
  return workload;
}

Nanos Maybe(Random& random, Nanos low, Nanos high) {
  const Nanos time = random.Between(low, high);
  return random.OneIn(2) ? Nanos::Zero() : time;
}

FaultRates RandomFaults(Random& random) {
  FaultRates faults;
  if (random.OneIn(4)) return faults;
  faults.delay_agent = Maybe(random, Millis(1), Millis(30));
  faults.stop_agent = Maybe(random, Millis(20), Millis(100));
  faults.affinity = Maybe(random, Micros(500), Millis(10));
  faults.nice = Maybe(random, Micros(500), Millis(10));
  faults.kill_task = random.OneIn(2) ? Nanos::Zero() : Millis(15);
  faults.wake = Maybe(random, Micros(200), Millis(5));
  if (random.OneIn(4)) faults.change_class = Millis(20);
  if (random.OneIn(16)) faults.kill_agent = Millis(60);
  if (random.OneIn(4)) faults.event_ring = 4;
  if (random.OneIn(8)) faults.hostile = Maybe(random, Micros(200), Millis(5));
  return faults;
}

void AddLaterFaults(Random& random, FaultRates* faults) {
  if (random.OneIn(2)) return;
  if (random.OneIn(4)) faults->hotplug = Time(random, Millis(20), Millis(80));
  faults->cgroup = Maybe(random, Micros(500), Millis(10));
  faults->jitter = Maybe(random, Micros(500), Millis(10));
  if (random.OneIn(4)) faults->interrupt = Time(random, Micros(500), Millis(10));
}

// Some tasks that share a lock; which kind of lock it is, is drawn too.
TaskGroup LockGroup(Random& random) {
  TaskGroup group{.name = "lock", .count = 2 + static_cast<int>(random.Below(5))};
  const Step outside = Run(Time(random, Micros(20), Millis(2)), Time(random, Nanos(0), Millis(1)));
  const Step inside = Run(Time(random, Micros(5), Millis(1)));
  switch (random.Below(3)) {
    case 0:
      group.steps = {outside, Lock(0), inside, Unlock(0)};
      break;
    case 1:
      group.steps = {outside, Lock(0), Broadcast(0), CondWait(0, 0), inside, Unlock(0)};
      break;
    default:
      group.steps = {outside, Barrier(0)};
      break;
  }
  return group;
}

void AddLatest(Random& random, SimulationOptions* options) {
  if (random.OneIn(2)) return;
  if (random.OneIn(4)) options->faults.suspend = Time(random, Millis(20), Millis(80));
  options->faults.no_migration = Maybe(random, Micros(500), Millis(10));
  if (random.OneIn(4)) options->workload.groups.push_back(LockGroup(random));
}

// ---- harsh ones ----

CpuSet OneCpu(Random& random, int nr_cpus) {
  return CpuSet::Only(CpuId(static_cast<int>(random.Below(nr_cpus))));
}

CpuSet SomeCpus(Random& random, int nr_cpus) {
  CpuSet some = OneCpu(random, nr_cpus);
  for (int cpu = 0; cpu < nr_cpus; ++cpu) {
    if (random.OneIn(4)) some.Add(CpuId(cpu));
  }
  return some;
}

// Up to three that never sleep, on one CPU or wherever they like; or some that sleep mostly.
TaskGroup KernelThreads(Random& random, int nr_cpus) {
  TaskGroup group{.name = "kthread", .kthread = true};
  const CpuSet cpu = OneCpu(random, nr_cpus);
  if (random.OneIn(2)) {
    group.count = 1 + static_cast<int>(random.Below(3));
    if (random.OneIn(2)) group.allowed = cpu;
    group.steps = {Run(Millis(100))};
  } else {
    group.count = 1 + static_cast<int>(random.Below(2 * nr_cpus));
    group.per_cpu = random.OneIn(2);
    group.steps = {Sleep(Time(random, Micros(500), Millis(8)), Millis(2)),
                   Run(Micros(10), Time(random, Nanos(0), Micros(300)))};
  }
  return group;
}

// One that keeps a CPU, or takes it for a while every now and then.
TaskGroup HigherClass(Random& random, int nr_cpus) {
  TaskGroup group{.name = "rt", .allowed = OneCpu(random, nr_cpus), .policy = kSchedFifo};
  const Nanos period = Time(random, Millis(4), Millis(40));
  group.steps = {Run(Seconds(1))};
  if (!random.OneIn(2)) group.steps = {Period(period), Run(period / 4)};
  return group;
}

// Many that may use one CPU only. The light ones all together want less than that.
TaskGroup PinnedCrowd(Random& random, int nr_cpus) {
  TaskGroup group{.name = "crowd",
                  .count = 100 + static_cast<int>(random.Below(900)),
                  .allowed = OneCpu(random, nr_cpus)};
  group.steps = {Run(Millis(100))};
  if (!random.OneIn(2))
    group.steps = {Sleep(Millis(200), Millis(600)), Run(Micros(20), Micros(300))};
  return group;
}

void ChangeClasses(Random& random, Workload* workload) {
  for (TaskGroup& group : workload->groups) {
    if (random.OneIn(3)) group.policy = random.OneIn(2) ? kSchedBatch : kSchedIdle;
  }
}

void AddHarsh(Random& random, int nr_cpus, Workload* workload) {
  Setting& setting = workload->setting;
  if (random.OneIn(3)) ChangeClasses(random, workload);
  if (random.OneIn(3)) workload->groups.push_back(KernelThreads(random, nr_cpus));
  if (random.OneIn(3)) workload->groups.push_back(HigherClass(random, nr_cpus));
  if (random.OneIn(4)) workload->groups.push_back(PinnedCrowd(random, nr_cpus));
  if (random.OneIn(4)) setting.max_tasks = 2 + static_cast<uint32_t>(random.Below(16));
  if (random.OneIn(4)) setting.agent_allowed = SomeCpus(random, nr_cpus);
  if (random.OneIn(4)) setting.possible_cpus = nr_cpus + static_cast<int>(random.Below(128));
}

std::string DescribeSetting(const Setting& setting) {
  std::ostringstream out;
  if (setting.max_tasks != 0) out << ", " << setting.max_tasks << " slots";
  if (setting.agent_allowed) out << ", agent on CPUs " << *setting.agent_allowed;
  if (setting.possible_cpus != 0) out << ", " << setting.possible_cpus << " possible CPUs";
  return out.str();
}

}  // namespace

SimulationOptions CampaignRun(uint64_t seed) {
  Random random(seed, kStream);
  SimulationOptions options{.topology = kTopologies[random.Below(std::size(kTopologies))],
                            .seed = seed};
  const int nr_cpus = CpusOf(options.topology);
  options.workload = RandomWorkload(random, nr_cpus);
  options.faults = RandomFaults(random);
  Random later(seed, kLaterStream);
  AddLaterFaults(later, &options.faults);
  Random latest(seed, kLatestStream);
  AddLatest(latest, &options);
  options.hold_max = Millis(60);
  options.duration = Millis(360);
  options.liveness = Millis(260);
  options.settle = Millis(140);
  // The agent stopped, the lease, and a task that a scribble has made it forget, one after another.
  options.safety_bounds = {.max_wait = Seconds(1), .max_idle = Millis(140)};
  // A record for one CPU waits for the end of up to two slices there, also beside an idle CPU that
  // its task may use: nobody steals it.
  options.liveness_bounds = {
      .max_wait = Millis(400), .max_idle = Millis(20), .fair = {.turn = Millis(20)}};
  if (options.faults.hostile != Nanos::Zero()) {
    // What it has broken stays broken: each wait may last as long as a task may be held.
    options.safety_bounds.sane_agent = false;
    options.safety_bounds.max_idle = Millis(250);
    options.liveness_bounds = options.safety_bounds;
  }
  return options;
}

SimulationOptions HarshCampaignRun(uint64_t seed) {
  SimulationOptions options = CampaignRun(seed);
  Random random(seed, kHarshStream);
  AddHarsh(random, CpusOf(options.topology), &options.workload);
  options.hold_max = {};
  options.duration = Seconds(3);
  options.liveness = Millis(1500);
  options.settle = Millis(700);
  // Waits are bounded by the watchdog's timeout alone, which the checker `bounded` sees to.
  options.safety_bounds.max_wait = options.liveness_bounds.max_wait = Seconds(5);
  // What nonsense makes the agent forget, waits until it is taken back.
  if (options.faults.hostile != Nanos::Zero()) {
    options.safety_bounds.max_idle = options.liveness_bounds.max_idle = Millis(1300);
  }
  return options;
}

std::string Describe(const SimulationOptions& options) {
  int tasks = 0;
  for (const TaskGroup& group : options.workload.groups) tasks += group.count;
  const TopologySpec& t = options.topology;
  return absl::StrCat(CpusOf(t), " CPUs (", t.nodes, "x", t.llcs_per_node, "x", t.cores_per_llc,
                      "x", t.threads_per_core, "), ", tasks, " tasks",
                      DescribeSetting(options.workload.setting),
                      ", faults: ", ToString(options.faults));
}

}  // namespace scxx::sim
