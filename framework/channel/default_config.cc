// SPDX-License-Identifier: Apache-2.0
#include "framework/channel/default_config.h"

#include <algorithm>
#include <bit>
#include <cstddef>

#include "framework/base/units.h"

namespace scxx {
namespace {

// A full ring sends tasks to the kernel, so it should hold all that can become runnable at once on
// a CPU: at an attach that is every waiting task of the machine.
constexpr uint32_t kMinEvents = 512;
constexpr uint32_t kMaxEvents = 4096;

}  // namespace

scxx_config DefaultConfig(uint32_t nr_cpus, uint32_t max_tasks) {
  scxx_config config = {};
  config.nr_cpus = nr_cpus;
  config.max_tasks = max_tasks;
  config.event_mask = std::bit_ceil(std::clamp(max_tasks, kMinEvents, kMaxEvents)) - 1;
  config.exit_dump_len = 1;
  config.slice_default = Millis(5).count();
  config.slice_max = Seconds(1).count();
  config.agent_slice = Millis(5).count();
  config.event_age = Micros(500).count();
  config.preempt_after = Micros(50).count();
  config.fallback_after = Millis(20).count();
  config.fallback_slice = Millis(3).count();
  config.hold_max = Millis(900).count();
  config.keep_alive = Seconds(1).count();
  config.timer_busy = Millis(1).count();
  config.timer_idle = Millis(50).count();
  SetOnline(CpuSet::FirstN(static_cast<int>(nr_cpus)), &config);
  return config;
}

void SetOnline(const CpuSet& online, scxx_config* config) {
  config->nr_online = static_cast<uint32_t>(online.size());
  for (size_t word = 0; word < SCXX_MASK_WORDS; ++word) config->online[word] = online.word(word);
  for (const CpuId cpu : online) config->online_end = static_cast<uint32_t>(cpu.value()) + 1;
}

size_t SharedBytes(const scxx_config& config) {
  const size_t of_slot = sizeof(scxx_task) + (config.nr_cpus + 63) / 64 * sizeof(scxx_u64);
  const size_t of_events = (config.event_mask + 1) * sizeof(scxx_event);
  const size_t of_cpu = sizeof(scxx_dispatch_ring) + sizeof(scxx_cpu);
  return config.max_tasks * of_slot + config.online_end * of_events +
         (config.nr_cpus + 1) * of_cpu + sizeof(scxx_gone_ring) + sizeof(scxx_agent) +
         sizeof(scxx_global);
}

void SetCores(const CpuGroups& cores, scxx_config* config) {
  config->smt = 0;
  for (const CpuSet& core : cores.sets()) {
    config->smt |= core.size() > 1;
    for (const CpuId cpu : core) {
      const CpuId next = core.After(cpu);
      config->sibling[cpu.value()] =
          static_cast<uint16_t>((next.IsCpu() ? next : core.First()).value());
    }
  }
}

CpuSet OnlineOf(const scxx_config& config) {
  CpuSet online;
  for (size_t word = 0; word < SCXX_MASK_WORDS; ++word) online.set_word(word, config.online[word]);
  return online;
}

}  // namespace scxx
