// SPDX-License-Identifier: Apache-2.0

#include "framework/base/units.h"

#include <cstdint>
#include <sstream>
#include <type_traits>
#include <utility>

#include "gtest/gtest.h"

namespace scxx {
namespace {

template <typename A, typename B>
concept Addable = requires(A a, B b) { a + b; };
template <typename A, typename B>
concept Orderable = requires(A a, B b) { a < b; };

static_assert(!Addable<Instant, Instant>);
static_assert(!Addable<Instant, Vtime>);
static_assert(!Addable<Nanos, int>);
static_assert(!Orderable<Vtime, Vtime>, "Vtime wraps: it has Before()");
static_assert(!Orderable<Nanos, Instant>);
static_assert(!std::is_convertible_v<int64_t, Nanos>);
static_assert(std::is_trivially_copyable_v<Nanos> && sizeof(Nanos) == 8);

TEST(Nanos, ConvertsUnits) {
  EXPECT_EQ(Micros(3).count(), 3'000);
  EXPECT_EQ(Millis(3).count(), 3'000'000);
  EXPECT_EQ(Seconds(-3).count(), -3'000'000'000);
}

TEST(Nanos, Calculates) {
  EXPECT_EQ(Millis(2) + Micros(5) - Micros(1), Nanos(2'004'000));
  EXPECT_EQ(-Micros(1) * 3, Nanos(-3'000));
  EXPECT_EQ(3 * Micros(1) / 2, Nanos(1'500));
  EXPECT_EQ(Millis(7) / Millis(2), 3);
  EXPECT_EQ(Millis(7) % Millis(2), Millis(1));
  Nanos n = Micros(1);
  n += Micros(2);
  n -= Nanos(1);
  EXPECT_EQ(n, Nanos(2'999));
}

TEST(Instant, DiffersByNanos) {
  Instant start(1'000);
  EXPECT_EQ(start + Micros(1), Instant(2'000));
  EXPECT_EQ(start - Micros(1), Instant(0));
  EXPECT_EQ(start - Instant(3'000), Nanos(-2'000));
  EXPECT_LT(start, start + Nanos(1));
}

TEST(Vtime, ComparesAcrossTheWrap) {
  Vtime late(UINT64_MAX - 10);
  Vtime early_next_round(5);
  EXPECT_TRUE(late.Before(early_next_round));
  EXPECT_FALSE(early_next_round.Before(late));
  EXPECT_FALSE(late.Before(late));
  EXPECT_EQ(early_next_round - late, Nanos(16));
  EXPECT_EQ(late + Nanos(16), early_next_round);
  EXPECT_EQ(early_next_round - Nanos(16), late);
}

TEST(Units, PrintTheirKind) {
  std::ostringstream out;
  out << Nanos(-5) << ' ' << Instant(7) << ' ' << Vtime(9);
  EXPECT_EQ(out.str(), "-5ns @7 v9");
}

}  // namespace
}  // namespace scxx
