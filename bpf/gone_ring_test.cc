// SPDX-License-Identifier: Apache-2.0
// The ring of exited tasks, whose producers can be interrupted by others at any step: here, after
// every load that gone_push makes.

#include <cstdint>
#include <functional>
#include <memory>

#include "bpf/atomics.h"
#include "bpf/wire.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

std::function<void()>& Interrupt() {
  static std::function<void()> interrupt = [] {};
  return interrupt;
}

template <typename T>
T ReadAndBeInterrupted(const T* word) {
  const T value = __atomic_load_n(word, __ATOMIC_RELAXED);
  Interrupt()();
  return value;
}

}  // namespace
}  // namespace scxx

#undef sx_read
#define sx_read(word) scxx::ReadAndBeInterrupted(word)
#include "bpf/rings.h"

namespace scxx {
namespace {

class GoneRingInterrupts : public testing::Test {
 protected:
  ~GoneRingInterrupts() override {
    Interrupt() = [] {};
  }

  void Push() { gone_push(ring_.get(), /*agent_head=*/0, next_++, /*generation=*/1); }
  // So many producers, each of which is interrupted by the next before it has claimed an entry.
  void PushNested(int producers) {
    Interrupt() = [this, producers] {
      if (++nested_ < producers) Push();
    };
    Push();
  }
  // Entries that are whole.
  uint32_t Whole() const {
    uint32_t whole = 0;
    for (uint32_t i = 0; i < SCXX_GONE_RING; ++i) whole += ring_->entries[i].turn == i + 1;
    return whole;
  }

  std::unique_ptr<scxx_gone_ring> ring_ = std::make_unique<scxx_gone_ring>();
  uint32_t next_ = 0;
  int nested_ = 0;
};

TEST_F(GoneRingInterrupts, LosesNoReportOfProducersThatInterruptEachOther) {
  PushNested(1000);
  EXPECT_EQ(ring_->tail, 1000u);
  EXPECT_EQ(Whole(), 1000u);
}

// As many as there are CPUs, and more. An overrun would be the last that the agent reads.
TEST_F(GoneRingInterrupts, NeverOverrunsTheAgent) {
  while (ring_->tail < SCXX_GONE_RING - 300) Push();
  PushNested(1000);
  EXPECT_EQ(ring_->tail, SCXX_GONE_RING);
  EXPECT_EQ(Whole(), SCXX_GONE_RING);
  Push();
  EXPECT_EQ(ring_->tail, SCXX_GONE_RING) << "it is full";
}

}  // namespace
}  // namespace scxx
