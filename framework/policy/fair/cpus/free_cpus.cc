// SPDX-License-Identifier: Apache-2.0

#include "framework/policy/fair/cpus/free_cpus.h"

#include <algorithm>

#include "framework/policy/fair/cpus/cpu_choice.h"

namespace scxx {

using Distance = CpuDomains::Distance;

void FreeCpus::Look(const Context& ctx, const DispatchSink& sink, const CpuDomains& domains) {
  sink_ = &sink;
  domains_ = &domains;
  free_.Clear();
  agent_.Clear();
  total_ = 0;
  std::fill(by_domain_.begin(), by_domain_.end(), 0);
  std::fill(by_node_.begin(), by_node_.end(), 0);
  for (int i = 0; i < static_cast<int>(ctx.cpus.size()); ++i) {
    const CpuId cpu(i);
    if (!HasRoomOn(ctx, sink, cpu) || !sink.free(cpu)) continue;
    free_.Add(cpu);
    if (ctx.cpus[i].state != CpuView::State::kIdle) agent_.Add(cpu);
    Add(cpu, 1);
  }
  FindWholeCores();
}

void FreeCpus::FindWholeCores() {
  whole_.Clear();
  if (!domains_->smt()) return;
  for (const CpuId cpu : free_) {
    const CpuSet& core = domains_->Core(cpu);
    if ((core & free_) == core) whole_.Add(cpu);
  }
}

void FreeCpus::Update(CpuId cpu) {
  if (!free_.Contains(cpu) || sink_->free(cpu)) return;
  free_.Remove(cpu);
  if (domains_->smt()) {
    for (const CpuId sibling : domains_->Core(cpu)) whole_.Remove(sibling);
  }
  Add(cpu, -1);
}

void FreeCpus::Add(CpuId cpu, int n) {
  const uint32_t domain = domains_->Of(cpu);
  total_ += n;
  by_domain_[domain] += n;
  by_node_[domains_->NodeOf(domain)] += n;
}

std::optional<Distance> FreeCpus::DistanceFrom(uint32_t domain) const {
  if (by_domain_[domain] > 0) return Distance::kSame;
  if (by_node_[domains_->NodeOf(domain)] > 0) return Distance::kNear;
  return total_ > 0 ? std::optional(Distance::kFar) : std::nullopt;
}

CpuId FreeCpus::NearestTo(uint32_t domain, CpuId home) const {
  if (by_domain_[domain] > 0) return Best(free_ & domains_->Cpus(domain), home);
  if (by_node_[domains_->NodeOf(domain)] > 0)
    return Best(free_ & domains_->CpusOfNode(domain), home);
  return Best(free_, home);
}

CpuId FreeCpus::NearestAmong(const CpuSet& cpus, CpuId home) const {
  const CpuSet candidates = free_ & cpus;
  const uint32_t domain = domains_->Of(home);
  for (const CpuSet* near : {&domains_->Cpus(domain), &domains_->CpusOfNode(domain)}) {
    const CpuId cpu = Best(candidates & *near, home);
    if (cpu.IsCpu()) return cpu;
  }
  return Best(candidates, home);
}

CpuId FreeCpus::Best(const CpuSet& candidates, CpuId home) const {
  const CpuId cpu = domains_->smt() ? Usual(candidates & whole_, home) : CpuId::None();
  return cpu.IsCpu() ? cpu : Usual(candidates, home);
}

CpuId FreeCpus::Usual(const CpuSet& candidates, CpuId home) const {
  const CpuId agent = (candidates & agent_).First();
  if (agent.IsCpu()) return agent;
  return candidates.Contains(home) ? home : candidates.First();
}

}  // namespace scxx
