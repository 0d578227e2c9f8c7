// SPDX-License-Identifier: Apache-2.0
#include "bpf/custody.h"

#include <cstdint>
#include <vector>

#include "gtest/gtest.h"

namespace scxx {
namespace {

constexpr uint32_t kStates[] = {SCXX_CUSTODY_KERNEL, SCXX_CUSTODY_USER, SCXX_CUSTODY_DISPATCHED};

TEST(Custody, WordHoldsItsParts) {
  const scxx_u64 word = custody_make(0xabcdef, 0x12345678, SCXX_CUSTODY_DISPATCHED);
  EXPECT_EQ(custody_generation(word), 0xabcdefu);
  EXPECT_EQ(custody_count(word), 0x12345678u);
  EXPECT_EQ(custody_state(word), uint32_t{SCXX_CUSTODY_DISPATCHED});
}

TEST(Custody, EnqueueBeginsTheNextPeriodFromEveryState) {
  for (uint32_t state : kStates) {
    const scxx_u64 next = custody_next(custody_make(3, 7, state));
    EXPECT_EQ(next, custody_make(3, 8, SCXX_CUSTODY_USER));
  }
}

TEST(Custody, CountWrapsWithoutTouchingTheGeneration) {
  EXPECT_EQ(custody_next(custody_make(3, UINT32_MAX, SCXX_CUSTODY_KERNEL)),
            custody_make(3, 0, SCXX_CUSTODY_USER));
}

TEST(Custody, NewTaskInTheSlotInvalidatesRecordsForTheOld) {
  for (uint32_t state : kStates) {
    const scxx_u64 next = custody_next_generation(custody_make(3, 7, state));
    EXPECT_EQ(next, custody_make(4, 8, SCXX_CUSTODY_KERNEL));
  }
}

TEST(Custody, GenerationWrapsWithinItsBits) {
  EXPECT_EQ(custody_next_generation(custody_make(0xffffff, 7, SCXX_CUSTODY_KERNEL)),
            custody_make(0, 8, SCXX_CUSTODY_KERNEL));
}

TEST(Custody, IsUserOnlyForThePeriodItself) {
  EXPECT_TRUE(custody_is_user(custody_make(3, 7, SCXX_CUSTODY_USER), 7));
  EXPECT_FALSE(custody_is_user(custody_make(3, 7, SCXX_CUSTODY_USER), 6));
  EXPECT_FALSE(custody_is_user(custody_make(3, 7, SCXX_CUSTODY_USER), 8));
  EXPECT_FALSE(custody_is_user(custody_make(3, 7, SCXX_CUSTODY_KERNEL), 7));
  EXPECT_FALSE(custody_is_user(custody_make(3, 7, SCXX_CUSTODY_DISPATCHED), 7));
}

TEST(Custody, APeriodEndsInEitherWay) {
  for (uint32_t end : {SCXX_CUSTODY_KERNEL, SCXX_CUSTODY_DISPATCHED}) {
    scxx_u64 word = custody_make(3, 7, SCXX_CUSTODY_USER);
    EXPECT_TRUE(custody_take(&word, word, end));
    EXPECT_EQ(word, custody_make(3, 7, end));
  }
}

// What a dispatcher may hold when it tries to take the task, other than the word itself.
TEST(Custody, ATakeWithAnOldWordFailsAndChangesNothing) {
  const scxx_u64 held = custody_make(3, 7, SCXX_CUSTODY_USER);
  const std::vector<scxx_u64> meanwhile = {
      custody_make(3, 7, SCXX_CUSTODY_KERNEL),      // the lease took it
      custody_make(3, 7, SCXX_CUSTODY_DISPATCHED),  // another CPU honoured a record
      custody_next(held),                           // enqueued again
      custody_next_generation(held),                // exited, and another task has the slot
      custody_next(custody_next_generation(held)),  // ... which waits
  };
  for (scxx_u64 now : meanwhile) {
    for (uint32_t end : {SCXX_CUSTODY_KERNEL, SCXX_CUSTODY_DISPATCHED}) {
      scxx_u64 word = now;
      EXPECT_FALSE(custody_take(&word, held, end));
      EXPECT_EQ(word, now);
    }
  }
}

TEST(Custody, APeriodEndsOnce) {
  scxx_u64 word = custody_make(3, 7, SCXX_CUSTODY_USER);
  const scxx_u64 held = word;
  EXPECT_TRUE(custody_take(&word, held, SCXX_CUSTODY_DISPATCHED));
  EXPECT_FALSE(custody_take(&word, held, SCXX_CUSTODY_KERNEL));
  EXPECT_FALSE(custody_take(&word, held, SCXX_CUSTODY_DISPATCHED));
}

TEST(Custody, ARecordForAnEarlierPeriodMatchesNoLaterOne) {
  scxx_u64 word = custody_make(3, 7, SCXX_CUSTODY_KERNEL);
  const scxx_u64 first = custody_next(word);
  word = first;
  for (int i = 0; i < 100; ++i) {
    word = i % 10 == 9 ? custody_next_generation(word) : custody_next(word);
    EXPECT_FALSE(custody_is_user(word, custody_count(first)));
  }
}

}  // namespace
}  // namespace scxx
