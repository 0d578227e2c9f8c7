// SPDX-License-Identifier: Apache-2.0

#include "framework/policy/fair/queue/fair_queue.h"

#include <cstdint>
#include <optional>
#include <vector>

#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"
#include "framework/base/units.h"
#include "framework/policy/policy.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

constexpr PolicyLimits kLimits{.max_tasks = 8, .max_cpus = 4};

bool Anywhere(const CpuSet*) { return true; }
bool OnlyUnrestricted(const CpuSet* cpus) { return cpus == nullptr; }

Instant At(int64_t ns) { return Instant(ns); }

class FairQueueTest : public testing::Test {
 protected:
  void Insert(uint32_t slot, uint64_t key, int64_t since, const CpuSet* allowed = nullptr) {
    queue_.Insert(slot, {.key = Vtime(key), .since = At(since), .allowed = allowed});
  }

  const CpuSet pair_ = CpuSet::FirstN(2);
  const CpuSet pin_ = CpuSet::FirstN(1);
  FairQueue queue_{kLimits};
};

TEST_F(FairQueueTest, FindsTheFirstAndTheOldest) {
  Insert(0, 20, 1);
  Insert(1, 10, 2);
  EXPECT_EQ(queue_.First(Anywhere), 1u);
  EXPECT_EQ(queue_.Oldest(Anywhere), 0u);
  EXPECT_TRUE(queue_.Remove(1));
  EXPECT_EQ(queue_.First(Anywhere), 0u);
  EXPECT_TRUE(queue_.Remove(0));
  EXPECT_FALSE(queue_.Remove(0));
  EXPECT_EQ(queue_.First(Anywhere), FairQueue::kNone);
  EXPECT_EQ(queue_.Oldest(Anywhere), FairQueue::kNone);
  EXPECT_TRUE(queue_.empty());
}

TEST_F(FairQueueTest, PassesOverTasksThatMayNotGo) {
  Insert(0, 10, 1, &pin_);
  Insert(1, 20, 2, &pair_);
  Insert(2, 30, 3);
  EXPECT_EQ(queue_.First(Anywhere), 0u);
  EXPECT_EQ(queue_.Oldest(Anywhere), 0u);
  const auto not_the_pin = [this](const CpuSet* cpus) { return cpus == nullptr || *cpus != pin_; };
  EXPECT_EQ(queue_.First(not_the_pin), 1u);
  EXPECT_EQ(queue_.Oldest(not_the_pin), 1u);
  EXPECT_EQ(queue_.First(OnlyUnrestricted), 2u);
  EXPECT_EQ(queue_.Oldest(OnlyUnrestricted), 2u);
  const auto restricted = [](const CpuSet* cpus) { return cpus != nullptr; };
  queue_.Remove(0);
  queue_.Remove(1);
  EXPECT_EQ(queue_.First(restricted), FairQueue::kNone);
}

TEST_F(FairQueueTest, ComparesAcrossSetsByKeyThenArrival) {
  Insert(0, 10, 1, &pair_);
  Insert(1, 10, 2);
  Insert(2, 10, 3, &pin_);
  EXPECT_EQ(queue_.First(Anywhere), 0u);
  queue_.Remove(0);
  EXPECT_EQ(queue_.First(Anywhere), 1u);
  queue_.Remove(1);
  EXPECT_EQ(queue_.First(Anywhere), 2u);
}

TEST_F(FairQueueTest, PutsTheOldestBackAsTheOldest) {
  Insert(0, 10, 1);
  Insert(1, 20, 2);
  queue_.Remove(0);
  queue_.PutBack(0, {.key = Vtime(10), .since = queue_.since(0)}, At(9));
  EXPECT_EQ(queue_.Oldest(Anywhere), 0u);
  EXPECT_EQ(queue_.since(0), At(1));
}

TEST_F(FairQueueTest, LetsOthersPutBackWaitAnew) {
  Insert(0, 10, 1);
  Insert(1, 20, 2);
  queue_.Remove(1);
  queue_.PutBack(1, {.key = Vtime(20), .since = queue_.since(1)}, At(9));
  EXPECT_EQ(queue_.Oldest(Anywhere), 0u);
  EXPECT_EQ(queue_.since(1), At(9));
}

TEST_F(FairQueueTest, VisitsTheFirstOfEverySetUntilItStays) {
  const CpuSet other = CpuSet::FirstN(3);
  Insert(0, 10, 1, &pin_);
  Insert(1, 20, 2, &pin_);
  Insert(2, 30, 3, &pair_);
  Insert(3, 40, 4);
  Insert(4, 50, 5);
  Insert(5, 60, 6, &other);
  std::vector<uint32_t> visited;
  queue_.ForEachFirst([&](uint32_t slot) {
    visited.push_back(slot);
    return slot != 4 && queue_.Remove(slot);
  });
  EXPECT_EQ(visited, (std::vector<uint32_t>{3, 4, 0, 1, 2, 5}));
  EXPECT_EQ(queue_.size(), 1u);
}

TEST_F(FairQueueTest, KnowsTheFirstOfAllAndABoundOfItsKey) {
  EXPECT_EQ(queue_.First(), FairQueue::kNone);
  Insert(0, 20, 1, &pair_);
  EXPECT_EQ(queue_.KeyBound(), Vtime(20));
  Insert(1, 10, 2);
  Insert(2, 15, 3, &pin_);
  EXPECT_EQ(queue_.KeyBound(), Vtime(10));
  EXPECT_EQ(queue_.First(), 1u);
  queue_.Remove(1);
  EXPECT_EQ(queue_.KeyBound(), Vtime(10)) << "it is lower than need be";
  EXPECT_EQ(queue_.First(), 2u);
  EXPECT_EQ(queue_.KeyBound(), Vtime(15));
  queue_.Remove(2);
  queue_.Remove(0);
  Insert(3, 40, 4);
  EXPECT_EQ(queue_.KeyBound(), Vtime(40)) << "the queue was empty";
}

TEST_F(FairQueueTest, KnowsWhetherOneHasWaitedFor) {
  EXPECT_FALSE(queue_.OneWaitsSinceBefore(At(100)));
  Insert(0, 20, 5, &pair_);
  Insert(1, 10, 7);
  EXPECT_FALSE(queue_.OneWaitsSinceBefore(At(5)));
  EXPECT_TRUE(queue_.OneWaitsSinceBefore(At(6)));
  queue_.Remove(0);
  EXPECT_FALSE(queue_.OneWaitsSinceBefore(At(7)));
  EXPECT_TRUE(queue_.OneWaitsSinceBefore(At(8)));
  queue_.PutBack(0, {.key = Vtime(20), .since = At(5), .allowed = &pair_}, At(9));
  EXPECT_TRUE(queue_.OneWaitsSinceBefore(At(6))) << "it is back where it stood";
}

TEST_F(FairQueueTest, FindsTheFirstForACpu) {
  const CpuSet others = CpuSet::FirstN(3);
  Insert(0, 10, 1, &pin_);
  Insert(1, 20, 2, &others);
  Insert(2, 30, 3);
  EXPECT_EQ(queue_.FirstFor(CpuId(0)), 0u);
  EXPECT_EQ(queue_.FirstFor(CpuId(2)), 1u);
  EXPECT_EQ(queue_.FirstFor(CpuId(3)), 2u);
  EXPECT_EQ(queue_.FirstFor(CpuId::None()), 2u);
  queue_.Remove(2);
  EXPECT_EQ(queue_.FirstFor(CpuId(3)), FairQueue::kNone);
}

// 64 sets of two CPUs, whose tasks are first in order of number.
class FairQueueOfManySetsTest : public testing::Test {
 protected:
  static constexpr int kCpus = 128;

  FairQueueOfManySetsTest() {
    for (int i = 0; i < kCpus / 2; ++i) {
      CpuSet pair;
      pair.Add(CpuId(2 * i));
      pair.Add(CpuId(2 * i + 1));
      queue_.Insert(i, {.key = Vtime(i), .since = At(i), .allowed = &pair});
    }
    queue_.Insert(kCpus, {.key = Vtime(kCpus), .since = At(kCpus)});
  }

  // Refuses whatever it is asked about, and counts.
  auto Counted() {
    return [this](const CpuSet*) { return ++asked_ < 0; };
  }

  FairQueue queue_{{.max_tasks = kCpus + 1, .max_cpus = kCpus}};
  int asked_ = 0;
};

TEST_F(FairQueueOfManySetsTest, LooksAtNoSetWithoutRoom) {
  const CpuSet none;
  EXPECT_EQ(queue_.First(&none, Counted()), FairQueue::kNone);
  EXPECT_EQ(queue_.Oldest(&none, Counted()), FairQueue::kNone);
  EXPECT_EQ(asked_, 2) << "the task that may go anywhere";
  queue_.ForEachFirst(&none, [&](uint32_t slot) {
    EXPECT_EQ(slot, uint32_t{kCpus});
    return false;
  });
}

TEST_F(FairQueueOfManySetsTest, LooksOnlyAtTheSetsWithRoom) {
  CpuSet some;
  for (int cpu : {5, 40, 41, 127}) some.Add(CpuId(cpu));
  EXPECT_EQ(queue_.First(&some, Counted()), FairQueue::kNone);
  EXPECT_EQ(asked_, 4);
  const auto anywhere = [](const CpuSet*) { return true; };
  EXPECT_EQ(queue_.First(&some, anywhere), 2u);
  EXPECT_EQ(queue_.Oldest(&some, anywhere), 2u);
  int ranked = 0;
  queue_.FirstByRank(&some, [&](const CpuSet*, uint32_t, Vtime) -> std::optional<Vtime> {
    ++ranked;
    return std::nullopt;
  });
  EXPECT_EQ(ranked, 4);
}

// ---- Domains ----

TEST_F(FairQueueTest, KeepsDomainsApart) {
  queue_.SetDomains({0, 1});
  queue_.Insert(0, {.key = Vtime(10), .since = At(2), .home = CpuId(1)});
  queue_.Insert(1, {.key = Vtime(20), .since = At(1), .home = CpuId(0)});
  queue_.Insert(2, {.key = Vtime(30), .since = At(3), .allowed = &pin_, .home = CpuId(1)});
  EXPECT_EQ(queue_.First(Anywhere), 0u) << "of all of them";
  EXPECT_EQ(queue_.Oldest(Anywhere), 1u);
  EXPECT_TRUE(queue_.PassesBy(1));
  EXPECT_FALSE(queue_.PassesBy(0));
  std::vector<uint32_t> firsts;
  queue_.ForEachFirst([&](uint32_t slot) {
    firsts.push_back(slot);
    return false;
  });
  EXPECT_EQ(firsts, (std::vector<uint32_t>{1, 0, 2}));
}

TEST_F(FairQueueTest, WeighsDomainsAgainstEachOther) {
  queue_.SetDomains({0, 1});
  queue_.Insert(0, {.key = Vtime(10), .since = At(1), .home = CpuId(1)});
  queue_.Insert(1, {.key = Vtime(20), .since = At(2), .home = CpuId(0)});
  queue_.Insert(2, {.key = Vtime(5), .since = At(3), .allowed = &pin_});
  const auto first = [this](int64_t to_domain_1, bool pinned_may_go) {
    return queue_.FirstByRank(
        nullptr, [&](const CpuSet* cpus, uint32_t domain, Vtime key) -> std::optional<Vtime> {
          if (cpus != nullptr && !pinned_may_go) return std::nullopt;
          return domain == 1 ? key + Nanos(to_domain_1) : key;
        });
  };
  EXPECT_EQ(first(0, false), 0u);
  EXPECT_EQ(first(9, false), 0u);
  EXPECT_EQ(first(11, false), 1u);
  EXPECT_EQ(first(0, true), 2u);
  const auto never = [](const CpuSet*, uint32_t, Vtime) -> std::optional<Vtime> {
    return std::nullopt;
  };
  EXPECT_EQ(queue_.FirstByRank(nullptr, never), FairQueue::kNone);
}

}  // namespace
}  // namespace scxx
